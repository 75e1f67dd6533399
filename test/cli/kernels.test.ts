import { expect, it } from 'vitest';
import { simdPaths } from '../kernels/variants.js';
import { run } from './command.js';

it('a SIMD path that this processor lacks is one line, exit code 2', async () => {
  const { code, stderr } = await run(
    ['train', '--model', 'gru', '--dataset', 'demo-music', '--epochs', '1'],
    { GRU_BENCH_SIMD: 'altivec' },
  );
  expect(stderr).toContain(`this processor runs ${simdPaths().join(', ')}`);
  expect(stderr.trimEnd().split('\n').length).toBe(1);
  expect(code).toBe(2);
});

it('an addon that is not there: composed, with the reason; asked for by name: one line, exit code 1', async () => {
  const environment = { GRU_BENCH_ADDON: '/nowhere/gru_bench.node' };
  const doctor = await run(['doctor', '--json'], environment);
  expect(JSON.parse(doctor.stdout).kernels).toMatchObject({
    name: 'composed',
    why: expect.stringContaining('no fused kernels'),
  });
  const words = ['train', '--model', 'gru', '--dataset', 'demo-music', '--epochs', '1', '--kernels', 'fused'];
  const { code, stderr } = await run(words, environment);
  expect(stderr.trimEnd().split('\n').length).toBe(1);
  expect([code, stderr.includes('--kernels composed')]).toEqual([1, true]);
});

it('doctor --digits compares every unit on every path', async () => {
  const compared = await run(['doctor', '--digits', '--json']);
  expect(JSON.parse(compared.stdout).digits).toEqual({ same: true, paths: simdPaths(), others: [] });
  expect(compared.code).toBe(0);
  const without = await run(['doctor', '--digits'], { GRU_BENCH_ADDON: '/nowhere/gru_bench.node' });
  expect(without.stdout).toMatch(/^digits +not compared: there are no fused kernels/m);
  expect(without.code).toBe(1);
});
