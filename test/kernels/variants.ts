import type { FusedKernels, Kernels } from '../../src/kernels/choice.js';
import type { Engine } from '../../src/kernels/engine.js';
import { engineOf, runnablePaths } from '../../src/kernels/engines.js';
import { loadNative } from '../../src/kernels/native.js';
import { isWasmPath, type KernelPath, type Rounding, roundingOf } from '../../src/kernels/paths.js';
import type { SimdPath } from '../../src/platform/processor.js';

export const COMPOSED: Kernels = { name: 'composed', why: 'under test' };

export function fused(simd: KernelPath, threads = 1): FusedKernels {
  return { name: 'fused', why: 'under test', simd, threads };
}

/** What this processor runs; a test run without the addon is a failed one. */
export function simdPaths(): readonly SimdPath[] {
  const native = loadNative();
  if (typeof native === 'string') throw new Error(native);
  return native.paths;
}

/** Those, and WebAssembly's, which fuses multiply-adds where the processor does. */
export function kernelPaths(): readonly KernelPath[] {
  const canFuse = simdPaths().some((path) => roundingOf(path) === 'fused');
  const expected = [...simdPaths(), ...(canFuse ? ['wasm-fma'] : []), 'wasm'];
  const paths = runnablePaths();
  if (paths.join() !== expected.join()) throw new Error(`${expected} are to run here, and ${paths} do`);
  return paths;
}

/** The paths that have to give the same bits, the widest first. */
export function pathsThatRound(rounding: Rounding): readonly KernelPath[] {
  return kernelPaths().filter((path) => roundingOf(path) === rounding);
}

/** How two paths or more round here. */
export const ROUNDINGS = (['fused', 'plain'] as const).filter((one) => pathsThatRound(one).length > 1);

/** All that runs kernels here, each with the name of what it is. */
export const ENGINES: readonly { name: string; engine: Engine }[] = [
  { name: 'the addon', engine: engineOf(simdPaths()[0]) },
  ...kernelPaths()
    .filter(isWasmPath)
    .map((path) => ({ name: `the module of ${path}`, engine: engineOf(path) })),
];

/** The kernels that a test holds to the goldens. */
export const ALL_KERNELS: readonly { label: string; kernels: Kernels }[] = [
  { label: 'composed', kernels: COMPOSED },
  ...kernelPaths().flatMap((simd) => [
    { label: `fused, ${simd}`, kernels: fused(simd) },
    ...(isWasmPath(simd) ? [] : [{ label: `fused, ${simd}, 3 threads`, kernels: fused(simd, 3) }]),
  ]),
];
