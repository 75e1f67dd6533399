import type { FusedKernels, Kernels } from '../../src/kernels/choice.js';
import { loadNative } from '../../src/kernels/native.js';
import type { SimdPath } from '../../src/platform/processor.js';

export const COMPOSED: Kernels = { name: 'composed', why: 'under test' };

export function fused(simd: SimdPath, threads = 1): FusedKernels {
  return { name: 'fused', why: 'under test', simd, threads };
}

/** What this processor runs; a test run without the addon is a failed one. */
export function simdPaths(): readonly SimdPath[] {
  const native = loadNative();
  if (typeof native === 'string') throw new Error(native);
  return native.paths;
}

/** The kernels that a test holds to the goldens. */
export const ALL_KERNELS: readonly { label: string; kernels: Kernels }[] = [
  { label: 'composed', kernels: COMPOSED },
  ...simdPaths().flatMap((simd) => [
    { label: `fused, ${simd}`, kernels: fused(simd) },
    { label: `fused, ${simd}, 3 threads`, kernels: fused(simd, 3) },
  ]),
];
