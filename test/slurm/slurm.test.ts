import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, run, runHere, start } from '../cli/command.js';
import { configFile, reproduced, resultsOf, rowsOf, SMALL } from '../cli/experiment.js';
import { skipWhere } from '../skip.js';
import { type Cluster, startCluster, whyNoCluster } from './cluster.js';

const MINUTES = 60_000;
/** Four runs, each long enough that its job can be met while it runs. */
const LONG = `
seeds: 2
units: [gru, lstm]
training: { maxSequences: 60, epochs: 150, backend: cpu }
search: { draws: 1, logLearningRate: [-8, -6] }
shortRun: { epochs: 2, maxSequences: 4 }
datasets: [{ dataset: demo-music }]
`;

describe('on a Slurm cluster', skipWhere(whyNoCluster()), () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.stop());

  const words = (config: string, out: string, ...more: string[]) => [
    'reproduce',
    config,
    '--out',
    out,
    '--executor',
    'slurm',
    ...more,
  ];
  const jobs = () =>
    cluster
      .ask('squeue', ['--noheader', '--array', '--format=%F_%K %T'])
      .split('\n')
      .filter((line) => line !== '');

  async function firstRunningJob(): Promise<string> {
    for (;;) {
      const running = jobs().find((job) => job.endsWith('RUNNING'));
      if (running) return running.split(' ')[0];
      await setTimeout(200);
    }
  }

  it(
    'ends with the results of this machine alone',
    async () => {
      const [config, out] = [configFile(), join(emptyFolder(), 'out')];
      const finished = await run(words(config, out), cluster.environment);
      expect(finished).toMatchObject({ code: 0, stderr: '' });
      expect(finished.stdout).toMatch(/^demo-music lstm, draw \d, seed 2 .* 6\/6 /m);
      expect(rowsOf(join(out, 'results.csv'))).toEqual(rowsOf(join(await reproduced(), 'results.csv')));
    },
    3 * MINUTES,
  );

  it(
    'grows: more epochs go on from where the trials of this machine are, more seeds are new',
    async () => {
      const [here, there] = [await reproduced(), await reproduced()];
      const grown = SMALL.replace('epochs: 6', 'epochs: 8').replace('seeds: 2', 'seeds: 3');
      const config = configFile(grown);
      expect((await run(words(config, there, '--quiet'), cluster.environment)).code).toBe(0);
      expect((await run(['reproduce', config, '--out', here, '--quiet'])).code).toBe(0);
      expect(resultsOf(there)).toEqual(resultsOf(here));
    },
    3 * MINUTES,
  );

  it(
    '--detach submits what is open once, and later calls go on',
    async () => {
      const [config, out] = [configFile(), join(emptyFolder(), 'out')];
      // Nothing starts, and so nothing ends and opens more, until both have submitted.
      const setPartition = (state: 'DOWN' | 'UP') =>
        cluster.ask('scontrol', ['update', 'PartitionName=main', `State=${state}`]);
      setPartition('DOWN');
      expect((await run(words(config, out, '--detach'), cluster.environment)).code).toBe(0);
      const first = jobs().length;
      await run(words(config, out, '--detach'), cluster.environment);
      const arrays = () => readdirSync(join(out, 'trials', 'slurm')).filter((name) => name.endsWith('.sh'));
      expect(first).toBeGreaterThan(4);
      expect(arrays()).toEqual(['array-1.sh']);
      setPartition('UP');
      expect((await run(words(config, out, '--quiet'), cluster.environment)).code).toBe(0);
      expect(rowsOf(join(out, 'results.csv'))).toEqual(rowsOf(join(await reproduced(), 'results.csv')));
    },
    3 * MINUTES,
  );

  it(
    'requeued, warned before their time is over, or cancelled, jobs lose nothing',
    async () => {
      const [config, out] = [configFile(LONG), join(emptyFolder(), 'out')];
      const waiting = start(words(config, out, '--quiet'), cluster.environment);
      const disturbances = [
        (job: string) => cluster.ask('scontrol', ['requeue', job]),
        (job: string) => cluster.ask('scancel', ['--batch', '--signal=USR1', job]),
        (job: string) => cluster.ask('scancel', [job]),
      ];
      for (const disturb of disturbances) {
        const job = await firstRunningJob();
        await setTimeout(1500);
        try {
          disturb(job);
        } catch {
          // It had just ended.
        }
        await setTimeout(2500);
      }
      expect(await waiting.finished).toMatchObject({ code: 0, stderr: '' });
      expect(rowsOf(join(out, 'results.csv'))).toEqual(rowsOf(join(await reproduced(LONG), 'results.csv')));
    },
    5 * MINUTES,
  );

  it.each([
    ['fails', 'nothing', 'GRU_BENCH_SIMD=nothing: this processor runs'],
    [
      'has other kernels than it was planned for',
      'plain',
      'the trial was planned for kernels of the family "fused, fused multiply-adds", and here they are "fused, plain multiply-adds"',
    ],
  ])(
    'a task that %s is told with its reason',
    async (_, simd, reason) => {
      const node = `slurm: { lines: ['export GRU_BENCH_SIMD=${simd}'] }\n`;
      const [config, out] = [configFile(`${node}${SMALL}`), join(emptyFolder(), 'out')];
      const { code, stderr } = await run(words(config, out, '--quiet', '--only', 'gru'), cluster.environment);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^gru-bench: demo-music\/gru\/[^:]+: [^\n]+\n$/);
      expect(stderr).toContain(reason);
      const failures = readdirSync(join(out, 'trials', 'slurm')).filter((name) => name.includes('failed'));
      const failure = readFileSync(join(out, 'trials', 'slurm', failures[0]), 'utf8');
      expect(JSON.parse(failure).message).toContain(reason);
    },
    3 * MINUTES,
  );
});

describe('without a cluster', () => {
  it('--executor slurm is one line', async () => {
    const { code, stderr } = await run(
      ['reproduce', configFile(), '--out', join(emptyFolder(), 'out'), '--executor', 'slurm'],
      { PATH: emptyFolder() },
    );
    expect([code, stderr]).toEqual([
      1,
      'gru-bench: squeue is not installed here; --executor slurm needs Slurm\n',
    ]);
  });

  it('--detach without it is misuse', async () => {
    const { code, stderr } = await runHere(['reproduce', configFile(), '--detach']);
    expect([code, stderr]).toEqual([2, 'gru-bench: --detach goes with --executor slurm\n']);
  });
});
