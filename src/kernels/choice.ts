import type { NamedBy } from '../platform/backend.js';
import { Failure } from '../platform/failure.js';
import type { SimdPath } from '../platform/processor.js';
import type { KernelChoice } from './kernel-names.js';
import { chosenPath, loadNative } from './native.js';

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

/** What a run's header and `doctor` say. */
export function describeKernels(kernels: Kernels): string {
  return kernels.name === 'fused' ? `fused, ${kernels.simd}` : 'composed';
}
