import type { SingleBar } from 'cli-progress';
import type { Dataset } from '../data/sequence.js';
import type { Task, TrialProgress } from '../experiment/plan.js';
import type { Publication } from '../experiment/publish.js';
import {
  type Experiment,
  type ExperimentCell,
  operationsAnEpoch,
  operationsLeft,
  type ReproduceEvents,
  type ReproduceOutcome,
} from '../experiment/reproduce.js';
import type { Outcome } from '../experiment/schedule.js';
import { progressReader } from '../experiment/trial-folder.js';
import { formatDuration } from '../platform/duration.js';
import { bestRow } from '../training/run.js';
import { progressBars } from './progress-bars.js';
import { remarkLines } from './remarks-text.js';
import type { Output } from './training-display.js';

export interface ReproduceDisplay extends ReproduceEvents {
  onEnd(outcome: ReproduceOutcome, publication: Publication): void;
  close(): void;
}

/** Shows an experiment: nothing, JSON lines, a plain line a finished trial, or these above bars on a terminal. */
export function reproduceDisplay(
  experiment: Experiment,
  where: string,
  { json, quiet }: Output,
): ReproduceDisplay {
  if (quiet) return { onEnd() {}, close() {} };
  const datasets = [...new Map(experiment.cells.map(({ plan, data }) => [plan.name, data]))];
  if (json) return jsonLines(datasets);
  const clock = remainingTime(experiment);
  const bars = process.stdout.isTTY ? trialBars(clock) : undefined;
  const print = (line: string) => (bars ? bars.print(line) : process.stdout.write(`${line}\n`));
  const { cells } = experiment;
  const sets = datasets.map(([name]) => name).join(', ');
  process.stdout.write(`${sets}; ${cells.length} cells, ${where}; results go to ${experiment.folder}\n`);
  for (const [name, data] of datasets)
    for (const line of remarkLines(data)) process.stdout.write(`${name}: ${line}\n`);
  return {
    onTask: (task) => bars?.start(task),
    onProgress: (task, progress) => bars?.progress(task, progress),
    onEpoch(_, cell) {
      clock.epochDone(cell);
      bars?.whole();
    },
    onOutcome(task, outcome, progress) {
      clock.changed();
      bars?.stop(task);
      if (outcome.type !== 'busy') print(`${clock.describe()}  ${outcomeLine(task, outcome, progress)}`);
    },
    onEnd({ stopped }, publication) {
      bars?.close();
      if (stopped) process.stdout.write('Stopped; the same command goes on.\n');
      if (publication === 'earlier results stay')
        process.stdout.write(
          `The earlier results in ${experiment.folder} stay until all of their cells are finished again; --out takes another folder.\n`,
        );
    },
    close: () => bars?.close(),
  };
}

function jsonLines(datasets: readonly [name: string, data: Dataset][]): ReproduceDisplay {
  const print = (content: object) => process.stdout.write(`${JSON.stringify(content)}\n`);
  for (const [name, data] of datasets) {
    if (remarkLines(data).length === 0) continue;
    const { sha256, remarks, folder } = data;
    print({ event: 'data', name, sha256, splitBy: folder?.splitBy, broken: folder?.broken, remarks });
  }
  return {
    onOutcome(task, outcome, { curve }) {
      const { dataset, unit, draw, seed, learningRate } = task.trial;
      const best = bestRow(curve);
      print({
        event: 'trial',
        dataset,
        unit,
        draw,
        seed,
        learningRate,
        ...outcome,
        epochs: curve.length,
        best,
      });
    },
    onEnd: ({ stopped, failures }, publication) =>
      print({ event: 'end', stopped, failures: failures.length, results: publication }),
    close() {},
  };
}

function titleOf({ trial: { dataset, unit, purpose, draw, seed } }: Task): string {
  const which = { search: `draw ${draw}`, seed: `draw ${draw}, seed ${seed}`, short: 'short run' }[purpose];
  return `${dataset} ${unit}, ${which}`;
}

function outcomeLine(task: Task, outcome: Outcome, { curve }: TrialProgress): string {
  const title = `${titleOf(task)}, learning rate ${task.trial.learningRate.toPrecision(2)}`;
  if (outcome.type === 'failed') return `${title}: failed: ${outcome.message}`;
  const best = bestRow(curve);
  const nll = best ? `valid ${best.valid_nll.toFixed(3)}, test ${best.test_nll.toFixed(3)}` : 'no epoch';
  const how = outcome.type === 'ended' && outcome.ending === 'diverged' ? ', diverged' : '';
  return `${title}: ${nll} (best of ${curve.length} epochs${how})`;
}

/** The work that is done and left, by the operations it takes. */
function remainingTime(experiment: Experiment) {
  const progress = progressReader(experiment.folder);
  const start = performance.now();
  let done = 0;
  let left = operationsLeft(experiment, progress.of);
  return {
    epochDone(cell: ExperimentCell) {
      const operations = operationsAnEpoch(cell);
      done += operations;
      left = Math.max(left - operations, 0);
    },
    /** A trial has ended, so what is left is counted anew. */
    changed() {
      left = operationsLeft(experiment, progressReader(experiment.folder).of);
    },
    share: () => done / Math.max(done + left, 1),
    secondsLeft: () => (left * (performance.now() - start)) / 1000 / done,
    describe(): string {
      const percent = Math.floor((100 * done) / Math.max(done + left, 1));
      const time = left === 0 ? 'all done' : `at most ${formatDuration(this.secondsLeft())} left`;
      return `[${String(percent).padStart(3)} %, ${time}]`;
    },
  };
}

/** A bar a running trial, and one for the whole below them. */
function trialBars(clock: ReturnType<typeof remainingTime>) {
  const bars = progressBars('{bar} {percentage}%  {title}  {detail}', process.stdout);
  const SCALE = 1000;
  const whole = bars.add(SCALE, 0, { title: 'all', detail: '' });
  const running = new Map<string, SingleBar>();
  return {
    start(task: Task) {
      running.set(task.trial.path, bars.add(SCALE, 0, { title: titleOf(task), detail: '' }));
    },
    progress(
      task: Task,
      { epoch, epochs, done, nll }: { epoch: number; epochs: number; done: number; nll: number },
    ) {
      const target = Math.min(task.untilEpoch ?? epochs, epochs);
      running.get(task.trial.path)?.update(Math.floor((SCALE * (epoch - 1 + done)) / target), {
        detail: `epoch ${epoch}/${target}  NLL ${nll.toFixed(3)}`,
      });
    },
    stop(task: Task) {
      const bar = running.get(task.trial.path);
      if (bar) bars.remove(bar);
      running.delete(task.trial.path);
      this.whole();
    },
    whole() {
      whole.update(Math.floor(SCALE * clock.share()), {
        detail: `at most ${formatDuration(clock.secondsLeft())} left`,
      });
    },
    print: bars.print,
    close: bars.close,
  };
}
