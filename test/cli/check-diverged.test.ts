import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { Diverged } from '../../src/training/progress.js';
import { runHere } from './command.js';
import { reproduced } from './experiment.js';

const DIVERGED = 'the NLL after epoch 1 is not finite: lower the learning rate';

// Clipped gradients and bounded steps leave no experiment of some seconds that diverges for sure.
vi.mock('../../src/training/run.js', async (original) => ({
  ...(await original<object>()),
  trainRun: async () => {
    throw new Diverged(DIVERGED);
  },
}));

async function shortRuns(folder: string, ...more: string[]) {
  const { code, stdout, stderr } = await runHere(['check', folder, '--json', ...more]);
  const { checks } = JSON.parse(stdout);
  return { code, stderr, checks: checks.filter(({ check }: { check: string }) => check === 'short run') };
}

it('a short run that diverges where the results have its NLLs does not hold', async () => {
  const { code, stderr, checks } = await shortRuns(await reproduced());
  expect(code).toBe(1);
  expect(stderr).toContain(`does not hold: demo-music gru, short run: ${DIVERGED}`);
  expect(checks.length).toBe(2);
  for (const { verdict, faults } of checks)
    expect([verdict, faults]).toEqual(['does not hold', [{ file: 'short-runs.csv', text: DIVERGED }]]);
});

it('a short run that diverged in the experiment has no NLLs, and is not checked', async () => {
  const folder = await reproduced();
  const path = join(folder, 'short-runs.csv');
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n`);
  rmSync(join(folder, 'checksums.sha256'));
  const lenient = await shortRuns(folder);
  expect(lenient.code).toBe(0);
  for (const { verdict, unchecked } of lenient.checks)
    expect([verdict, unchecked]).toEqual(['not checked', 'the results have no short run']);
  expect((await shortRuns(folder, '--strict')).code).toBe(1);
});
