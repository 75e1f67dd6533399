import { SIMD_PATHS, type SimdPath } from '../platform/processor.js';

/** The paths of the WebAssembly modules: with fused multiply-adds, where the engine has them, and without. */
export const WASM_PATHS = ['wasm-fma', 'wasm'] as const;
export type WasmPath = (typeof WASM_PATHS)[number];

/** What the fused kernels are compiled for: the processor's vector instructions, or WebAssembly's. */
export const KERNEL_PATHS = [...SIMD_PATHS, ...WASM_PATHS] as const;
export type KernelPath = SimdPath | WasmPath;

/** Platforms whose addon has been run, and held to goldens and digits; docs/platforms.md says how. */
export const TRIED_PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64', 'win32-x64'];

export const THIS_PLATFORM = `${process.platform}-${process.arch}`;

/** All paths, what `auto` prefers first: an addon that nobody has tried comes last. */
export function preferredPaths(platform = THIS_PLATFORM): readonly KernelPath[] {
  return TRIED_PLATFORMS.includes(platform) ? KERNEL_PATHS : [...WASM_PATHS, ...SIMD_PATHS];
}

/** Paths that round alike: on each of them, every number of a run is the same to the last bit. */
export type Rounding = 'fused' | 'plain';

/** How a path rounds a product that is added to a sum: as one operation (a fused multiply-add), or as two. */
export function roundingOf(path: string): Rounding {
  return path === 'plain' || path === 'wasm' ? 'plain' : 'fused';
}

export function isWasmPath(path: string): path is WasmPath {
  return (WASM_PATHS as readonly string[]).includes(path);
}
