/**
 * How NLL, gradient, weight noise and update are computed. `composed`: ordinary TensorFlow.js operations.
 * `fused`: C++ kernels, registered with TensorFlow.js on each backend. `auto`: fused where it is to be had.
 */
export const KERNEL_CHOICES = ['auto', 'composed', 'fused'] as const;
export type KernelChoice = (typeof KERNEL_CHOICES)[number];
