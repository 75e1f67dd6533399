import { expect, it } from 'vitest';
import { KERNEL_PATHS, preferredPaths } from '../../src/kernels/paths.js';

it('the addon comes first where it has been tried, and last where it has not', () => {
  expect(preferredPaths('linux-x64')).toEqual(KERNEL_PATHS);
  expect(preferredPaths('darwin-arm64').slice(0, 3)).toEqual(['wasm-fma', 'wasm', 'avx512']);
  expect([...preferredPaths('darwin-arm64')].sort()).toEqual([...KERNEL_PATHS].sort());
});
