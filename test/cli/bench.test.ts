import { expect, it } from 'vitest';
import { KERNEL_PATHS } from '../../src/kernels/paths.js';
import { kernelPaths } from '../kernels/variants.js';
import { runHere } from './command.js';

const QUICK = ['--rounds', '1', '--seconds', '0.01', '--no-peers'];

it('bench times the fused and the composed step, as JSON', async () => {
  const { code, stdout } = await runHere(['bench', '--only', 'music-1x60', ...QUICK, '--json', '--quiet']);
  expect(code).toBe(0);
  const { measurements, peakGflops, overheadMicroseconds, denormalRatio } = JSON.parse(stdout);
  expect(measurements.map((m: { unit: string }) => m.unit)).toEqual(['tanh', 'gru', 'lstm']);
  expect(peakGflops).toBeGreaterThan(0);
  expect(Number.isFinite(overheadMicroseconds)).toBe(true);
  expect(denormalRatio).toBeGreaterThan(0);
  for (const { fused, composed, shareOfPeak } of measurements) {
    expect(fused).toBeGreaterThan(0);
    expect(composed).toBeGreaterThan(fused);
    // Below 1, were the processor to do nothing else meanwhile.
    expect(shareOfPeak).toBeGreaterThan(0);
  }
});

it('bench --engines times every engine that runs here, and says why another does not', async () => {
  const words = [
    'bench',
    '--engines',
    '--only',
    'music-1x60',
    '--unit',
    'gru',
    ...QUICK,
    '--json',
    '--quiet',
  ];
  const { code, stdout } = await runHere(words);
  expect(code).toBe(0);
  const { engines, measurements, missing } = JSON.parse(stdout);
  expect(engines).toEqual([...kernelPaths(), 'composed']);
  expect(Object.keys(missing)).toEqual(KERNEL_PATHS.filter((path) => !engines.includes(path)));
  expect(Object.keys(measurements[0].milliseconds).sort()).toEqual([...engines].sort());
  for (const engine of kernelPaths())
    expect(measurements[0].milliseconds[engine]).toBeLessThan(measurements[0].milliseconds.composed);
});

it('bench says why the fused kernels are not those of the addon', async () => {
  const words = ['bench', '--only', 'music-1x60', ...QUICK, '--no-peers', '--no-composed', '--quiet'];
  const { code, stdout } = await runHere(words, { GRU_BENCH_SIMD: 'wasm-fma' });
  expect([code, stdout]).toEqual([0, expect.stringContaining('(wasm-fma): by GRU_BENCH_SIMD\n')]);
});

it('bench says in one line why a peer does not run', async () => {
  const words = ['bench', '--only', 'music-1x60', '--rounds', '1', '--seconds', '0.01', '--no-composed'];
  const { code, stdout } = await runHere(words, { GRU_BENCH_PYTHON: 'no-such-python' });
  expect(code).toBe(0);
  expect(stdout).toContain('jax did not run: no-such-python did not run');
});

it.each([
  [['--only', 'music-1x61'], 'did you mean music-1x60?'],
  [['--only', 'chess'], 'there is no workload chess; there are music-1x60, '],
  [['--only', 'spech'], 'there is no workload spech; did you mean speech?'],
  [['--rounds', '0'], '--rounds 0'],
  [['--seconds', '-1'], '--seconds -1'],
  [['--threads', '1.5'], '--threads 1.5'],
])('bench %j: one line with %s, exit code 2', async (words, message) => {
  const { code, stdout, stderr } = await runHere(['bench', ...words]);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n').length).toBe(1);
  expect([code, stdout]).toEqual([2, '']);
});
