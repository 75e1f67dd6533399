/**
 * How NLL, gradient, weight noise and update are computed. `composed`: ordinary TensorFlow.js operations. `fused`: C++
 * kernels, registered with TensorFlow.js on each backend, by the addon or in WebAssembly; `wasm-fma` and `wasm` are the
 * latter, with and without fused multiply-adds. `auto`: fused where that is to be had.
 */
export const KERNEL_CHOICES = ['auto', 'composed', 'fused', 'wasm-fma', 'wasm'] as const;
export type KernelChoice = (typeof KERNEL_CHOICES)[number];
