import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Unit } from '../model/graph/define-unit.js';
import { cacheFolder } from '../platform/folders.js';
import { partialName, removeLeftOver, removeLeftOvers } from '../platform/left-overs.js';
import { makeFolder } from '../platform/make-folder.js';
import type { SimdPath } from '../platform/processor.js';
import { structName, unitHeader, unitKey } from './generate/header.js';
import { compilerFlags, NATIVE_SOURCES } from './native-sources.js';

/** Milliseconds: far beyond what a unit takes. */
const LONGEST_COMPILE = 300_000;
const run = promisify(execFile);

/** A library of one unit, and the seconds that it took to compile; 0 where it was there already. */
export interface CompiledUnit {
  readonly file: string;
  readonly seconds: number;
}

/**
 * Compiles a unit's kernels for one path, once: the library stays in the cache folder, under a name that stands for all
 * that it is made of. Several processes may do so at the same time.
 *
 * @throws Error with the reason in one line: no compiler, or what it says first, and where all that it says is
 */
export async function compileUnit(unit: Unit, simd: SimdPath): Promise<CompiledUnit> {
  const compiler = process.env.CXX || (process.platform === 'darwin' ? 'c++' : 'g++');
  if (process.platform === 'win32') throw new Error('own units are not compiled on Windows');
  const [program, ...words] = compiler.split(' ').filter(Boolean);
  const version = await versionOf(program, words);
  const flags = [...words, ...flagsFor(simd)];
  const source = sourceOf(unit);
  const folder = join(cacheFolder(), 'units');
  const key = hashOf([source, ...nativeSources(), version, ...flags]);
  const library = join(folder, `${unit.name}-${simd}-${key.slice(0, 16)}.so`);
  if (existsSync(library)) return { file: library, seconds: 0 };
  makeFolder(folder);
  removeLeftOvers(folder);
  const began = performance.now();
  const [text, partial] = [partialName(`${library}.cpp`), partialName(library)];
  try {
    writeFileSync(text, source);
    const inputs = [
      '-x',
      'c++',
      text,
      join(NATIVE_SOURCES, 'model.cpp'),
      join(NATIVE_SOURCES, 'workspace.cpp'),
    ];
    await compile(
      program,
      [...flags, `-I${join(NATIVE_SOURCES, 'units')}`, ...inputs, '-o', partial],
      `${library}.log`,
    );
    renameSync(partial, library);
  } finally {
    removeLeftOver(text);
    removeLeftOver(partial);
  }
  return { file: library, seconds: (performance.now() - began) / 1000 };
}

async function compile(program: string, words: readonly string[], log: string): Promise<void> {
  try {
    await run(program, words, { timeout: LONGEST_COMPILE, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const said = stderr.trim() || message;
    writeFileSync(log, `${program} ${words.join(' ')}\n\n${said}\n`);
    const first = said.split('\n').find((line) => /error/i.test(line)) ?? said.split('\n')[0];
    throw new Error(`${first.trim()} (all of it is in ${log})`);
  }
}

/** First line of `--version`. @throws Error where there is no such compiler */
async function versionOf(program: string, words: readonly string[]): Promise<string> {
  try {
    return (await run(program, [...words, '--version'], { timeout: 20_000 })).stdout.split('\n')[0];
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(isMissing ? `there is no compiler ${program}` : `${program} does not run`);
  }
}

function flagsFor(simd: SimdPath): string[] {
  const flags = compilerFlags();
  return [...flags.all, ...flags[simd], `-DPATH_${simd.toUpperCase()}`, '-shared', '-fPIC', '-pthread'];
}

/** The unit's header, and what hands it to the addon (native/own-unit.h). */
function sourceOf(unit: Unit): string {
  return `#include "../own-unit.h"
#include "../recurrence.h"

${unitHeader(unit, 'gru-bench')}
extern "C" __attribute__((visibility("default"))) const OwnUnit OWN_UNIT = {
    layout_of_calls(), PATH::unit_of<PATH::${structName(unit)}>("${unit.name}", "${unitKey(unit)}")};
`;
}

function nativeSources(): string[] {
  return readdirSync(NATIVE_SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(h|cpp)$/.test(name))
    .sort()
    .map((name) => `${name}\n${readFileSync(join(NATIVE_SOURCES, name), 'utf8')}`);
}

function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n${part}`);
  return hash.digest('hex');
}
