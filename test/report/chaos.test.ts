import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { checkVerdictOf } from '../../src/report/check/held.js';
import { checkModels } from '../../src/report/check/models.js';
import { rowsOf } from '../cli/experiment.js';
import { testOnRealData } from '../data/real-data.js';

// The committed tanh model of Nottingham is chaotic on a piece of the validation set.
const CHAOTIC = { dataset: 'nottingham', unit: 'tanh' };

testOnRealData('check tells chaos from a wrong number where other kernels round differently', async () => {
  vi.stubEnv('GRU_BENCH_SIMD', 'plain');
  const copy = mkdtempSync(join(tmpdir(), 'gru-bench-chaos-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync('results/paper', copy, { recursive: true });
  const check = async () => {
    const all = await checkModels(copy, { kernels: 'auto', threads: 1 }, undefined, CHAOTIC);
    return Object.fromEntries(all.map((held) => [held.check, held]));
  };

  const whole = await check();
  expect(whole['best parameters'].unchecked).toContain('on other kernels rounding decides it');
  expect([checkVerdictOf(whole.data), checkVerdictOf(whole['short run'])]).toEqual(['holds', 'holds']);

  const path = join(copy, 'results.csv');
  const [row] = rowsOf(path).filter(({ draw, seed }) => draw === '7' && seed === '1');
  const wrong = String(Number(row.valid_nll) + 0.1);
  writeFileSync(path, readFileSync(path, 'utf8').replace(row.valid_nll, wrong));
  const { faults } = (await check())['best parameters'];
  expect(faults.map(({ text }) => text)).toContainEqual(expect.stringContaining('valid_nll is'));
});
