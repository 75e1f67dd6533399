import type { Unit } from '../model/graph/define-unit.js';
import type { NamedBy } from '../platform/backend.js';
import { Failure, Misuse } from '../platform/failure.js';
import { addModule, engineOf, loadEngine, runnablePaths } from './engines.js';
import type { KernelChoice } from './kernel-names.js';
import { loadNative, loadUnit, type NativeKernels, unitNumber } from './native.js';
import { compileUnit } from './own-unit.js';
import {
  isWasmPath,
  KERNEL_PATHS,
  type KernelPath,
  preferredPaths,
  type Rounding,
  roundingOf,
  THIS_PLATFORM,
  TRIED_PLATFORMS,
} from './paths.js';
import { compileWasmUnit } from './wasm-compiler.js';

export interface ComposedKernels {
  readonly name: 'composed';
  /** Why these, in one clause. */
  readonly why: string;
}

export interface FusedKernels {
  readonly name: 'fused';
  readonly why: string;
  readonly simd: KernelPath;
  /** Results do not depend on it. */
  readonly threads: number;
}

export type Kernels = ComposedKernels | FusedKernels;

/**
 * @param threads at least 1
 * @param named why, where the choice is not `auto`
 * @param rounding how fused kernels have to round, where the digits are to be those of a run that began
 * @throws Failure where the kernels that are asked for by name are not to be had; Misuse from GRU_BENCH_SIMD
 */
export function chooseKernels(
  choice: KernelChoice,
  threads: number,
  named: NamedBy = 'asked for',
  rounding?: Rounding,
): Kernels {
  if (choice === 'composed') return { name: 'composed', why: named };
  const reasons = new Set<string>();
  for (const path of pathsFor(choice, rounding)) {
    const engine = loadEngine(path);
    if (typeof engine === 'string') reasons.add(engine);
    else return fusedOn(path, threads, choice === 'auto' ? whyPreferred(path) : named);
  }
  const why = [...reasons].join('; ');
  if (choice === 'auto') return { name: 'composed', why };
  throw new Failure(refusal(why, named));
}

const refusal = (why: string, named: NamedBy) =>
  named === 'asked for' ? `${why}; --kernels composed does without` : `${why}; the run began with them`;

function fusedOn(simd: KernelPath, threads: number, why: string): FusedKernels {
  return { name: 'fused', why, simd, threads: isWasmPath(simd) ? 1 : threads };
}

/** Why `auto` takes a path, and what would be faster. */
export function whyPreferred(path: KernelPath): string {
  if (process.env.GRU_BENCH_SIMD) return 'by GRU_BENCH_SIMD';
  if (!isWasmPath(path)) return 'the fastest, and they work here';
  const native = loadNative();
  if (typeof native === 'string') return `the addon would be faster, but ${native}`;
  return TRIED_PLATFORMS.includes(THIS_PLATFORM)
    ? 'the fastest, and they work here'
    : `the addon may be faster, but has not been tried on ${THIS_PLATFORM}: GRU_BENCH_SIMD=${native.paths[0]} takes it, ` +
        '`gru-bench doctor --digits` tries it';
}

/**
 * The paths that a choice leaves, what is to be preferred first.
 *
 * @throws Misuse where GRU_BENCH_SIMD names one that does not run here, Failure where it rounds otherwise than asked for
 */
function pathsFor(choice: KernelChoice, rounding: Rounding | undefined): KernelPath[] {
  const named = isWasmPath(choice) ? choice : forcedPath();
  if (named === undefined)
    return preferredPaths().filter((path) => rounding === undefined || roundingOf(path) === rounding);
  if (rounding !== undefined && roundingOf(named) !== rounding)
    throw new Failure(`${named} does not give the last digits of the path that the run began on`);
  return [named];
}

/**
 * The path that GRU_BENCH_SIMD names.
 *
 * @throws Misuse where that is none that runs here
 */
export function forcedPath(environment: NodeJS.ProcessEnv = process.env): KernelPath | undefined {
  const forced = environment.GRU_BENCH_SIMD;
  if (!forced) return undefined;
  const path = KERNEL_PATHS.find((name) => name === forced);
  if (path && typeof loadEngine(path) !== 'string') return path;
  throw new Misuse(`GRU_BENCH_SIMD=${forced}: this processor runs ${runnablePaths().join(', ')}`);
}

/**
 * As `chooseKernels`, for one unit: the fused kernels of a unit that is not built in are compiled where this machine
 * has not done so yet, for the addon or else, where @yowasp/clang is installed, for WebAssembly.
 *
 * @throws Failure also where that is asked for by name and fails; else it is a reason for composed kernels
 */
export async function kernelsFor(
  unit: Unit,
  choice: KernelChoice,
  threads: number,
  named: NamedBy = 'asked for',
  rounding?: Rounding,
): Promise<Kernels> {
  const kernels = chooseKernels(choice, threads, named, rounding);
  if (kernels.name === 'composed' || hasUnit(kernels.simd, unit)) return kernels;
  const reasons: string[] = [];
  for (const path of pathsFor(choice, rounding).filter(isFirstOfItsEngine)) {
    try {
      const seconds = await compileFor(path, unit);
      const why = path === kernels.simd ? kernels.why : reasons.join('; ');
      const compiled = seconds > 0 ? [`${unit.name} was compiled in ${seconds.toFixed(1)} s`] : [];
      return fusedOn(path, threads, [why, ...compiled].join('; '));
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  const why = `${unit.name} has no fused kernels: ${reasons.join('; ')}`;
  if (choice === 'auto') return { name: 'composed', why };
  throw new Failure(refusal(why, named));
}

/** The fused kernels of a unit on one path, on one thread; or in one line why it has none there. */
export async function kernelsOn(path: KernelPath, unit: Unit): Promise<FusedKernels | string> {
  const engine = loadEngine(path);
  if (typeof engine === 'string') return engine;
  try {
    if (!hasUnit(path, unit)) await compileFor(path, unit);
    return fusedOn(path, 1, 'compared with');
  } catch (error) {
    return (error as Error).message;
  }
}

const hasUnit = (path: KernelPath, unit: Unit) => unitNumber(engineOf(path, unit), path, unit) !== undefined;

/** One path of the addon and one module are enough to try: the others would fail for the same reason. */
function isFirstOfItsEngine(path: KernelPath, _: number, paths: readonly KernelPath[]): boolean {
  const runs = (one: KernelPath) => typeof loadEngine(one) !== 'string';
  return path === paths.find((one) => isWasmPath(one) === isWasmPath(path) && runs(one));
}

/** @returns the seconds that it took; 0 where it was done before */
async function compileFor(path: KernelPath, unit: Unit): Promise<number> {
  if (isWasmPath(path)) {
    const { engine, seconds } = await compileWasmUnit(unit, path);
    addModule(path, unit, engine);
    return seconds;
  }
  const { file, seconds } = await compileUnit(unit, path);
  loadUnit(engineOf(path) as NativeKernels, path, unit, file);
  return seconds;
}

/** What a run's header and `doctor` say. */
export function describeKernels(kernels: Kernels): string {
  return kernels.name === 'fused' ? `fused, ${kernels.simd}` : 'composed';
}

/**
 * The family of kernels that give the same digits: fused ones with fused multiply-adds on any processor and backend,
 * those without, and the composed ones of each backend.
 */
export function kernelFamily(
  { name, simd = 'plain' }: { readonly name: Kernels['name']; readonly simd?: KernelPath },
  backend: string,
): string {
  return name === 'composed' ? `composed, ${backend}` : `fused, ${roundingOf(simd)} multiply-adds`;
}
