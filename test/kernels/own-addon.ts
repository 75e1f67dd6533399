import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../src/kernels/engine.js';
import { headerName, unitHeader, unitsHeader } from '../../src/kernels/generate/header.js';
import type { NativeKernels } from '../../src/kernels/native.js';
import type { WasmPath } from '../../src/kernels/paths.js';
import { compileWasm, findWasmCompiler, wasmSource } from '../../src/kernels/wasm-compiler.js';
import { startModule } from '../../src/kernels/wasm-modules.js';
import type { Unit } from '../../src/model/graph/define-unit.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';

/** The install step's own functions, which are plain JavaScript. */
const install = (file: string) => new URL(`../../scripts/install/${file}`, import.meta.url).href;
const { fusedSources } = (await import(install('fused.mjs'))) as { fusedSources(root: string): string };
const { requireCompiler, runNodeGyp } = (await import(install('node-gyp.mjs'))) as {
  requireCompiler(what: string, environment: NodeJS.ProcessEnv): Promise<void>;
  runNodeGyp(
    folder: string,
    settings: string[],
    environment: NodeJS.ProcessEnv,
    seconds: number,
  ): Promise<{ ok: boolean; reason: string }>;
};

/** Sanitisers make the compiler ten times slower. */
const BUILD_SECONDS = 3000;
const require = createRequire(import.meta.url);

/** Why no addon can be built here; nothing where it can. */
export async function whyNoBuild(): Promise<string | undefined> {
  if (process.platform === 'win32') return 'the fused kernels are not built on Windows yet';
  try {
    await requireCompiler('an addon', ENVIRONMENT);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is preloaded for a sanitised addon would slow the compiler. */
const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, LD_PRELOAD: '' };

/**
 * Builds an addon whose units are others than the registry's, and loads it.
 *
 * @param units of different names
 * @param optimised as the addon of the package is, but where it is sanitised; else the compiler needs a third of the time
 */
export async function addonOf(units: readonly Unit[], optimised: boolean): Promise<NativeKernels> {
  const work = mkdtempSync(join(tmpdir(), 'gru-bench-units-'));
  try {
    cpSync(fusedSources(PACKAGE_ROOT), work, { recursive: true });
    for (const unit of units) writeFileSync(join(work, 'units', headerName(unit)), unitHeader(unit));
    writeFileSync(join(work, 'units', 'units.h'), unitsHeader(units));
    const level = process.env.GRU_BENCH_SANITIZE ? '-O1' : optimised ? '-O3' : '-O0';
    const flags = join(work, 'flags.json');
    writeFileSync(flags, readFileSync(flags, 'utf8').replace('"-O3"', `"${level}"`));
    const built = await runNodeGyp(work, [], ENVIRONMENT, BUILD_SECONDS);
    if (!built.ok) throw new Error(`building an addon of ${units.length} units: ${built.reason}`);
    return require(join(work, 'build', 'Release', 'gru_bench.node')) as NativeKernels;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Compiles a module whose units are others than the registry's, and starts it. */
export async function moduleOf(units: readonly Unit[], path: WasmPath): Promise<Engine> {
  const compiler = findWasmCompiler();
  if (!compiler) throw new Error('npm ci brings the compiler of WebAssembly');
  return startModule(await compileWasm(wasmSource(path, units), compiler));
}
