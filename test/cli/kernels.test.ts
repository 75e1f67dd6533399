import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { preferredPaths } from '../../src/kernels/paths.js';
import { kernelPaths } from '../kernels/variants.js';
import { emptyFolder, run } from './command.js';

it('a SIMD path that this processor lacks is one line, exit code 2', async () => {
  const { code, stderr } = await run(
    ['train', '--model', 'gru', '--dataset', 'demo-music', '--epochs', '1'],
    { GRU_BENCH_SIMD: 'altivec' },
  );
  expect(stderr).toContain(`this processor runs ${kernelPaths().join(', ')}`);
  expect(stderr.trimEnd().split('\n').length).toBe(1);
  expect(code).toBe(2);
});

it('an addon that is not there: WebAssembly, with the reason, and the same bits', async () => {
  const environment = { GRU_BENCH_ADDON: '/nowhere/gru_bench.node' };
  const doctor = await run(['doctor', '--json'], environment);
  expect(JSON.parse(doctor.stdout).kernels).toMatchObject({
    name: 'fused',
    simd: 'wasm-fma',
    why: expect.stringContaining('there is no addon'),
  });
  const words = [
    'train',
    '--model',
    'gru',
    '--dataset',
    'demo-music',
    '--max-sequences',
    '9',
    '--epochs',
    '2',
  ];
  const folder = emptyFolder();
  const [addon, wasm] = ['addon', 'wasm'].map((name) => join(folder, name));
  expect((await run([...words, '--out', addon, '--quiet'])).code).toBe(0);
  expect((await run([...words, '--out', wasm, '--quiet'], environment)).code).toBe(0);
  const best = [addon, wasm].map((run) => readFileSync(join(run, 'best.safetensors')));
  expect(best[1].equals(best[0])).toBe(true);
});

interface EngineState {
  readonly name: string;
  readonly runs: boolean;
  readonly taken: boolean;
  readonly why?: string;
}

it('doctor lists every engine, which is taken, and why another does not run', async () => {
  const { engines } = JSON.parse((await run(['doctor', '--json'])).stdout) as { engines: EngineState[] };
  expect(engines.map(({ name }) => name)).toEqual([...preferredPaths(), 'composed']);
  expect(engines.filter(({ taken }) => taken).map(({ name }) => name)).toEqual([kernelPaths()[0]]);
  expect(engines.filter(({ runs }) => runs).map(({ name }) => name)).toEqual([...kernelPaths(), 'composed']);
  for (const { name, runs, why } of engines)
    expect(why).toBe(runs ? undefined : `this processor does not run ${name}`);
  const without = await run(['doctor'], { GRU_BENCH_ADDON: '/nowhere/gru_bench.node' });
  const reason = 'there is no addon: GRU_BENCH_ADDON names /nowhere/gru_bench.node, and no such file exists';
  expect(without.stdout).toContain(`avx512, avx2, neon, plain  addon          ${reason}\n`);
  expect(without.stdout).toMatch(
    / wasm +WebAssembly {4}runs here\n +composed +TensorFlow\.js {2}runs here\n/,
  );
});

it('doctor --digits compares every unit on every path', async () => {
  const compared = await run(['doctor', '--digits', '--json']);
  expect(JSON.parse(compared.stdout).digits).toEqual({ same: true, paths: kernelPaths(), others: [] });
  expect(compared.code).toBe(0);
  const without = await run(['doctor', '--digits'], { GRU_BENCH_ADDON: '/nowhere/gru_bench.node' });
  expect(without.stdout).toMatch(/^digits +as elsewhere: all units on wasm-fma, wasm/m);
  expect(without.code).toBe(0);
});
