import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { Diverged } from '../../src/training/progress.js';
import { runHere } from './command.js';
import { reproduced } from './experiment.js';

const DIVERGED = 'the NLL after epoch 1 is not finite: lower the learning rate';

const training = vi.hoisted(() => ({ diverges: true }));

// Clipped gradients and bounded steps leave no experiment of some seconds that diverges for sure.
vi.mock('../../src/training/run.js', async (original) => ({
  ...(await original<object>()),
  trainRun: async () => {
    if (training.diverges) throw new Diverged(DIVERGED);
  },
}));

beforeEach(() => {
  training.diverges = true;
});

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

/** Replaces the lines below the header. */
async function withShortRuns(change: (line: string) => string[]): Promise<string> {
  const folder = await reproduced();
  const path = join(folder, 'short-runs.csv');
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${[header, ...lines.flatMap(change)].join('\n')}\n`);
  rmSync(join(folder, 'checksums.sha256'));
  return folder;
}

const NLLS = 6;

it('a short run that diverged in the experiment has no NLLs, and has to diverge again', async () => {
  const folder = await withShortRuns((line) => [
    line.split(',').slice(0, -NLLS).concat(Array(NLLS).fill('')).join(','),
  ]);
  const { checks } = await shortRuns(folder);
  expect(
    checks.map(({ verdict, numbers }: { verdict: string; numbers: number }) => [verdict, numbers]),
  ).toEqual([
    ['holds', NLLS],
    ['holds', NLLS],
  ]);
  training.diverges = false;
  for (const { verdict, faults } of (await shortRuns(folder)).checks)
    expect([verdict, faults[0].text]).toEqual([
      'does not hold',
      'the short run diverged in the experiment, and does not here',
    ]);
});

it('a short run with some NLLs alone is no short run', async () => {
  const folder = await withShortRuns((line) => [line.split(',').slice(0, -1).concat('').join(',')]);
  const { code, stderr } = await runHere(['check', folder, '--files']);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /line 2: train_nll [\d.]+ has to be one of six NLLs, or all are empty, as of a run that diverged/,
  );
});

it('a short run that is missing is not checked', async () => {
  const folder = await withShortRuns(() => []);
  const lenient = await shortRuns(folder);
  expect(lenient.code).toBe(0);
  for (const { verdict, unchecked } of lenient.checks)
    expect([verdict, unchecked]).toEqual(['not checked', 'the results have no short run']);
  expect((await shortRuns(folder, '--strict')).code).toBe(1);
});
