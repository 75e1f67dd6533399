import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Unit } from '../model/graph/define-unit.js';
import { cacheFolder, PACKAGE_ROOT } from '../platform/folders.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { Engine } from './engine.js';
import { headerName, unitHeader, unitsHeader } from './generate/header.js';
import { compilerFlags, NATIVE_SOURCES } from './native-sources.js';
import type { WasmPath } from './paths.js';
import type { Files, FromCompiler, ToCompiler } from './wasm-compile-worker.js';
import { startModule } from './wasm-modules.js';

/** The compiler of a WebAssembly module: clang, which is one itself, from npm. */
export const COMPILER_PACKAGE = '@yowasp/clang';

/** Always as built: threads run JavaScript. */
const WORKER = join(PACKAGE_ROOT, 'dist', 'kernels', 'wasm-compile-worker.js');
const SOURCES = ['kernels.cpp', 'model.cpp', 'workspace.cpp', 'wasm.cpp'];
const MODULE = 'module.wasm';

export interface WasmCompiler {
  readonly file: string;
  readonly version: string;
}

/** @param folders whose packages are looked through: the user's, and this package's own */
export function findWasmCompiler(
  folders: readonly string[] = [process.cwd(), PACKAGE_ROOT],
): WasmCompiler | undefined {
  for (const folder of folders) {
    try {
      const file = createRequire(join(folder, 'package.json')).resolve(COMPILER_PACKAGE);
      const manifest = readFileSync(join(dirname(dirname(file)), 'package.json'), 'utf8');
      return { file, version: (JSON.parse(manifest) as { version: string }).version };
    } catch {}
  }
  return undefined;
}

/** What is to be compiled: the built-in units, or others. */
export interface WasmSource {
  readonly path: WasmPath;
  readonly files: Files;
  readonly flags: readonly string[];
}

export function wasmSource(path: WasmPath, units?: readonly Unit[]): WasmSource {
  const flags = compilerFlags();
  const define = `-DPATH_${path.toUpperCase().replace('-', '_')}`;
  const files = filesIn(NATIVE_SOURCES);
  if (units) {
    const headers = units.map((unit) => [headerName(unit), flat(unitHeader(unit))]);
    files.units = { ...Object.fromEntries(headers), 'units.h': flat(unitsHeader(units)) };
  }
  return { path, files, flags: [...flags.all, ...flags.module, ...flags[path], define] };
}

/** Stands for all that a module is made of: the same digits, the same bytes. */
export function keyOfModule({ files, flags }: WasmSource, { version }: WasmCompiler): string {
  return createHash('sha256')
    .update(JSON.stringify([files, flags, version]))
    .digest('hex');
}

/** @throws Error with what the compiler says first */
export async function compileWasm({ files, flags }: WasmSource, { file }: WasmCompiler): Promise<Uint8Array> {
  const words = [...flags, '-I.', ...SOURCES, '-o', MODULE];
  const answer = await inThread({ compiler: file, words, files, result: MODULE });
  if ('module' in answer) return answer.module;
  const lines = answer.refused.split('\n').filter((line) => line.trim() !== '');
  throw new Error(
    lines.find((line) => /error/i.test(line)) ?? lines[0] ?? 'the compiler ended without a word',
  );
}

/** In a thread, whose half a gigabyte is free again when it ends. */
function inThread(workerData: ToCompiler): Promise<FromCompiler> {
  return new Promise((answer, fail) => {
    // Words that the process was started with, such as --input-type, are not for a thread.
    const worker = new Worker(WORKER, { workerData, execArgv: [], stdout: true, stderr: true });
    worker.on('message', answer);
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('the compiler ended without a word')));
  });
}

/** A module of one unit, and the seconds that it took to compile; 0 where it was there already. */
export interface CompiledModule {
  readonly engine: Engine;
  readonly seconds: number;
}

/**
 * Compiles a module that holds a single unit, and starts it. That is done once: the module stays in the cache folder,
 * under a name that stands for all that it is made of. Several processes may do so at the same time.
 *
 * @param folders as `findWasmCompiler` takes them
 * @throws Error with the reason in one line: no compiler, or what it says first
 */
export async function compileWasmUnit(
  unit: Unit,
  path: WasmPath,
  folders?: readonly string[],
): Promise<CompiledModule> {
  const compiler = findWasmCompiler(folders);
  if (!compiler) throw new Error(`${COMPILER_PACKAGE} is not installed (npm install ${COMPILER_PACKAGE})`);
  const source = wasmSource(path, [unit]);
  const key = keyOfModule(source, compiler).slice(0, 16);
  const place = join(cacheFolder(), 'units', `${unit.name}-${path}-${key}.wasm`);
  const present = startFile(place);
  if (present) return { engine: present, seconds: 0 };
  const began = performance.now();
  const bytes = await compileWasm(source, compiler);
  const engine = startModule(bytes);
  writeWholeFile(place, bytes);
  return { engine, seconds: (performance.now() - began) / 1000 };
}

/** A module that is there already; nothing where there is none, or none that starts: it is then compiled anew. */
function startFile(place: string): Engine | undefined {
  try {
    return startModule(readFileSync(place));
  } catch {
    return undefined;
  }
}

function filesIn(folder: string): Files {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.flatMap((name): [string, Files | string][] => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return name === 'build' ? [] : [[name, filesIn(path)]];
      return /\.(h|cpp)$/.test(name) ? [[name, flat(readFileSync(path, 'utf8'))]] : [];
    }),
  );
}

/** The compiler's file system knows no way up: headers are found from the folder of the kernels. */
function flat(source: string): string {
  return source.replaceAll('#include "../', '#include "');
}
