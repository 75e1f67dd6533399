import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { checkVerdictOf } from '../../src/report/check/held.js';
import { checkModels } from '../../src/report/check/models.js';
import { rowsOf } from '../cli/experiment.js';
import { testOnRealData } from '../data/real-data.js';

// The committed GRU of Nottingham is chaotic on a piece of the test set.
const CHAOTIC = { dataset: 'nottingham', unit: 'gru' };

testOnRealData('check tells chaos from a wrong number where other kernels round differently', async () => {
  vi.stubEnv('GRU_BENCH_SIMD', 'plain');
  const copy = mkdtempSync(join(tmpdir(), 'gru-bench-chaos-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync('results/paper', copy, { recursive: true, filter: (path) => basename(path) !== 'trials' });
  const check = async () => {
    const all = await checkModels(copy, { kernels: 'auto', threads: 1 }, undefined, CHAOTIC);
    return Object.fromEntries(all.map((held) => [held.check, held]));
  };

  const whole = await check();
  expect(whole['test sequences'].unchecked).toContain('on other kernels rounding decides it');
  const others = (['data', 'best parameters', 'short run'] as const).map((name) =>
    checkVerdictOf(whole[name]),
  );
  expect(others).toEqual(['holds', 'holds', 'holds']);

  const path = join(copy, 'sequence-nll.csv');
  const { dataset, unit } = CHAOTIC;
  const row = rowsOf(path).find((one) => one.dataset === dataset && one.unit === unit && one.seed === '1');
  const right = Number(row?.nll);
  writeFileSync(path, readFileSync(path, 'utf8').replace(String(right), String(right + 1)));
  const { faults } = (await check())['test sequences'];
  const told = expect.stringContaining(`nll is ${right + 1} instead of ${right}`);
  expect(faults.map(({ text }) => text)).toContainEqual(told);
});
