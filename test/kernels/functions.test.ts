import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
import { afterAll, expect, it } from 'vitest';
import { isWasmPath, type KernelPath, type WasmPath } from '../../src/kernels/paths.js';
import { wasmSource } from '../../src/kernels/wasm-compiler.js';
import { PACKAGE_ROOT } from '../../src/platform/folders.js';
import type { SimdPath } from '../../src/platform/processor.js';
import { kernelPaths, pathsThatRound, ROUNDINGS } from './variants.js';

const PROGRAM = fileURLToPath(new URL('native/functions.cpp', import.meta.url));
const SOURCES = join(PACKAGE_ROOT, 'src', 'kernels', 'native');
const flags = JSON.parse(readFileSync(join(SOURCES, 'flags.json'), 'utf8')) as Record<
  SimdPath | 'all' | 'module',
  string[]
>;

const work = mkdtempSync(join(tmpdir(), 'gru-bench-functions-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Largest errors in units in the last place; those of cosine and sine in units of a float near 1. */
const LARGEST_ERRORS: Record<string, number> = {
  exp: 1,
  sigmoid: 2.3,
  tanh: 2.3,
  log: 1.2,
  'log-of-one': 0.82,
  'exp-not-positive': 1,
  'logistic-slope': 2.1,
  softplus: 1.9,
  'softplus-slope': 2.1,
  cosine: 0.7,
  sine: 0.7,
};

/** What native/functions.cpp prints, compiled for this processor. */
function printedBy(path: SimdPath): string {
  const program = join(work, path);
  const words = [...flags.all, ...flags[path], `-DPATH_${path.toUpperCase()}`, `-I${SOURCES}`, '-w'];
  execFileSync(process.env.CXX ?? 'c++', [...words, PROGRAM, '-o', program], { stdio: 'pipe' });
  return execFileSync(program, { encoding: 'utf8' });
}

/** What it prints as a WebAssembly module. */
async function printedByModule(path: WasmPath): Promise<string> {
  const { commands } = await import('@yowasp/clang');
  const { files, flags: own } = wasmSource(path);
  const ofModules = new Set(flags.module.filter((flag) => flag !== '-msimd128'));
  const words = [
    ...own.filter((flag) => !ofModules.has(flag)),
    '-I.',
    '-w',
    'functions.cpp',
    '-o',
    'program',
  ];
  const sources = { ...files, 'functions.cpp': readFileSync(PROGRAM, 'utf8') };
  const made = await commands['clang++'](words, sources, { stdout: null });
  const printed = join(work, path);
  const stdout = openSync(printed, 'w');
  const wasi = new WASI({ version: 'preview1', stdout });
  const module = new WebAssembly.Module((made as { program: Uint8Array }).program);
  wasi.start(new WebAssembly.Instance(module, wasi.getImportObject() as never));
  closeSync(stdout);
  return readFileSync(printed, 'utf8');
}

/** For each function its largest error, where that is, and a digest of its bits. */
async function functionsOf(
  path: KernelPath,
): Promise<{ name: string; error: number; at: string; digest: string }[]> {
  const printed = isWasmPath(path) ? await printedByModule(path) : printedBy(path);
  return printed
    .trim()
    .split('\n')
    .map((line) => {
      const [name, error, at, digest] = line.split(' ');
      return { name, error: Number(error), at, digest };
    });
}

const digestsOf = new Map<KernelPath, string[]>();

/** A module takes half a minute to compile; elsewhere its digits are held to those of the other paths. */
const PATHS = kernelPaths().filter((path) => process.env.GRU_BENCH_UNITS || !isWasmPath(path));

it.each(PATHS)('the elementary functions are right to a few last places on %s', async (path) => {
  const functions = await functionsOf(path);
  expect(functions.map(({ name }) => name)).toEqual(Object.keys(LARGEST_ERRORS));
  expect(functions.filter(({ name, error }) => !(error <= LARGEST_ERRORS[name]))).toEqual([]);
  digestsOf.set(
    path,
    functions.map(({ digest }) => digest),
  );
});

it('they have the same bits on all paths that round alike, and the logarithm of one float on all', () => {
  for (const rounding of ROUNDINGS) {
    const [widest, ...others] = pathsThatRound(rounding).filter((path) => digestsOf.has(path));
    for (const path of others) expect(digestsOf.get(path), path).toEqual(digestsOf.get(widest));
  }
  const position = Object.keys(LARGEST_ERRORS).indexOf('log-of-one');
  expect(new Set([...digestsOf.values()].map((digests) => digests[position])).size).toBe(1);
});
