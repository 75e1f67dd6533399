import type { Unit } from '../model/graph/define-unit.js';
import type { NamedBy } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import type { SimdPath } from '../platform/processor.js';
import type { KernelChoice } from './kernel-names.js';
import { chosenPath, loadNative, loadUnit, type NativeKernels, unitNumber } from './native.js';
import { compileUnit } from './own-unit.js';

export interface ComposedKernels {
  readonly name: 'composed';
  /** Why these, in one clause. */
  readonly why: string;
}

export interface FusedKernels {
  readonly name: 'fused';
  readonly why: string;
  readonly simd: SimdPath;
  /** Results do not depend on it. */
  readonly threads: number;
}

export type Kernels = ComposedKernels | FusedKernels;

/**
 * @param threads at least 1
 * @param named why, where the choice is not `auto`
 * @throws Failure where the fused kernels are asked for by name and not to be had; Misuse from GRU_BENCH_SIMD
 */
export function chooseKernels(choice: KernelChoice, threads: number, named: NamedBy = 'asked for'): Kernels {
  if (choice === 'composed') return { name: 'composed', why: named };
  const native = loadNative();
  if (typeof native === 'string') {
    if (choice === 'fused')
      throw new Failure(
        named === 'asked for'
          ? `${native}; --kernels composed does without`
          : `${native}; the run began with them`,
      );
    return { name: 'composed', why: native };
  }
  const why = choice === 'fused' ? named : 'the fastest, and they work here';
  return { name: 'fused', why, simd: chosenPath(native), threads };
}

/**
 * As `chooseKernels`, for one unit: the fused kernels of a unit that is not built in are compiled where this machine
 * has not done so yet.
 *
 * @throws Failure also where that is asked for by name and fails; else it is a reason for composed kernels
 */
export async function kernelsFor(
  unit: Unit,
  choice: KernelChoice,
  threads: number,
  named: NamedBy = 'asked for',
): Promise<Kernels> {
  const kernels = chooseKernels(choice, threads, named);
  if (kernels.name === 'composed') return kernels;
  const native = loadNative() as NativeKernels;
  if (unitNumber(native, kernels.simd, unit) !== undefined) return kernels;
  try {
    const { file, seconds } = await compileUnit(unit, kernels.simd);
    loadUnit(native, kernels.simd, unit, file);
    if (seconds === 0) return kernels;
    return { ...kernels, why: `${kernels.why}; ${unit.name} was compiled in ${seconds.toFixed(1)} s` };
  } catch (error) {
    const why = `${unit.name} has no fused kernels: ${(error as Error).message}`;
    if (choice === 'auto') return { name: 'composed', why };
    throw new Failure(
      named === 'asked for' ? `${why}; --kernels composed does without` : `${why}; the run began with them`,
    );
  }
}

/** What a run's header and `doctor` say. */
export function describeKernels(kernels: Kernels): string {
  return kernels.name === 'fused' ? `fused, ${kernels.simd}` : 'composed';
}

/** Whether a path rounds once or twice where it multiplies and adds. */
const ROUNDING: Readonly<Record<SimdPath, 'multiply-add' | 'plain'>> = {
  avx512: 'multiply-add',
  avx2: 'multiply-add',
  neon: 'multiply-add',
  plain: 'plain',
};

/**
 * The family of kernels that give the same digits: fused ones with fused multiply-adds on any processor and backend,
 * those without, and the composed ones of each backend.
 */
export function digitsOf(
  { name, simd = 'plain' }: { readonly name: Kernels['name']; readonly simd?: SimdPath },
  backend: string,
): string {
  return name === 'composed' ? `composed, ${backend}` : `fused, ${ROUNDING[simd]}`;
}
