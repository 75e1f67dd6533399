import { phasesLeft, type Task } from '../experiment/plan.js';
import type { Publication } from '../experiment/publish.js';
import {
  canStopEarly,
  type Experiment,
  type ExperimentCell,
  hasEnded,
  operationsAnEpoch,
  operationsLeft,
  type ReproduceEvents,
  type ReproduceOutcome,
} from '../experiment/reproduce.js';
import type { EpochProgress } from '../experiment/schedule.js';
import { secondsLeft } from '../experiment/time-left.js';
import { progressReader } from '../experiment/trial-folder.js';
import { formatAbout } from '../platform/duration.js';
import { plural } from '../platform/format-number.js';
import { bestRow } from '../training/run-result.js';
import { heading, isLive } from './colour.js';
import type { Output } from './flags.js';
import { type Bar, progressBars } from './progress-bars.js';
import {
  countAll,
  linesAtEnd,
  nextCommand,
  notesBefore,
  remarksAsJson,
  remarksOn,
  tooFewLines,
} from './reproduce-notes.js';
import { print } from './text.js';
import { earlyEnding, titleOf, trialColumns } from './trial-lines.js';

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
  if (json) return jsonLines(experiment);
  if (hasEnded(experiment, progressReader(experiment.folder).of)) return nothingLeft(experiment);
  const clock = remainingTime(experiment);
  const bars = isLive(process.stdout) ? trialBars(clock) : undefined;
  const { cells } = experiment;
  const sets = [...new Set(cells.map(({ plan }) => plan.name))].join(', ');
  const columns = trialColumns(cells);
  const waits = busyTrials();
  const show = (line: string) => (bars ? bars.print(line) : print([line]));
  for (const line of [
    `${sets}; ${plural(cells.length, 'cell')}, ${where}; results go to ${experiment.folder}`,
    ...notesBefore(experiment),
    ...(cells.some(canStopEarly)
      ? ['Times left are for runs that train all their epochs; patience can end them sooner.']
      : []),
    heading(columns.heading),
  ])
    show(line);
  return {
    onTask(task) {
      clock.started(task);
      bars?.start(task);
    },
    onProgress: (task, progress) => bars?.progress(task, progress),
    onEpoch(task, cell) {
      clock.epochDone(task, cell);
      bars?.update();
    },
    onOutcome(task, outcome, progress) {
      clock.ended(task);
      bars?.stop(task);
      if (outcome.type === 'busy') {
        if (waits.begins(task)) show(`${titleOf(task)} waits: ${outcome.message}`);
        return;
      }
      const line = columns.line(task, outcome, progress);
      show((bars ? line : `${line}  ${percent(clock.share())}  ${clock.describe()}`).trimEnd());
    },
    onEnd(outcome, publication) {
      bars?.close();
      print(linesAtEnd(experiment, outcome, publication));
    },
    close: () => bars?.close(),
  };
}

/**
 * Trials that other processes work on. Of several that share an experiment each meets the others' at some time; what is
 * met twice is waited for.
 */
function busyTrials() {
  const met = new Map<string, number>();
  return {
    /** Notes that a trial was met. @returns whether it is waited for from now on */
    begins({ trial: { path } }: Task): boolean {
      const times = (met.get(path) ?? 0) + 1;
      met.set(path, times);
      return times === 2;
    },
  };
}

/** Shows an experiment of which all is done. */
function nothingLeft(experiment: Experiment): ReproduceDisplay {
  const { done } = countAll(experiment, progressReader(experiment.folder).of);
  print([
    ...remarksOn(experiment),
    ...tooFewLines(experiment),
    `All ${done} trials are done: nothing is left to train.`,
  ]);
  return {
    onEnd: (outcome, publication) => print(linesAtEnd(experiment, outcome, publication)),
    close() {},
  };
}

const percent = (share: number) => `${String(Math.floor(100 * share)).padStart(3)} %`;

function jsonLines(experiment: Experiment): ReproduceDisplay {
  const tell = (content: object) => process.stdout.write(`${JSON.stringify(content)}\n`);
  for (const data of remarksAsJson(experiment)) tell({ event: 'data', ...data });
  return {
    onOutcome(task, outcome, { curve }) {
      const { dataset, unit, draw, seed, drawn } = task.trial;
      const best = bestRow(curve);
      tell({
        event: 'trial',
        dataset,
        unit,
        draw,
        seed,
        ...drawn,
        ...outcome,
        epochs: curve.length,
        plannedEpochs: task.trial.epochs,
        earlyEnding: earlyEnding(task, outcome, curve.length),
        best,
      });
    },
    onEnd: ({ stopped, failures, isFinished }, publication) =>
      tell({
        event: 'end',
        stopped,
        failures: failures.length,
        results: publication,
        folder: experiment.folder,
        next: isFinished && publication === 'written' ? nextCommand(experiment.folder) : null,
      }),
    close() {},
  };
}

/** Milliseconds after which what is left is counted again; epochs can come many a second. */
const COUNT_AGAIN = 500;

/** How much of the experiment is done, and the time that the rest takes, by the epochs seen so far. */
function remainingTime(experiment: Experiment) {
  const { cells, folder } = experiment;
  const all = operationsLeft(experiment, () => ({ curve: [] }));
  const speeds = cellSpeeds(cells);
  let progress = progressReader(folder);
  let countedAt = Number.NEGATIVE_INFINITY;
  let counted = { share: 0, seconds: undefined as number | undefined };
  const count = () => {
    const now = performance.now();
    if (now - countedAt < COUNT_AGAIN) return counted;
    countedAt = now;
    const left = operationsLeft(experiment, progress.of);
    const lefts = cells.map((cell) => ({
      phases: phasesLeft(cell, cell.request.epochs, progress.of),
      secondsAnEpoch: speeds.secondsAnEpoch(cell),
    }));
    const isKnown = lefts.every(({ secondsAnEpoch }) => Number.isFinite(secondsAnEpoch));
    const seconds = isKnown ? secondsLeft(lefts, speeds.processes()) : undefined;
    counted = { share: 1 - left / Math.max(all, 1), seconds };
    return counted;
  };
  return {
    started: speeds.started,
    epochDone(task: Task, cell: ExperimentCell) {
      speeds.epochDone(task, cell);
      progress.forget(task.trial);
    },
    /** A trial has ended: other processes may have ended some too. */
    ended(task: Task) {
      speeds.ended(task);
      progress = progressReader(folder);
      countedAt = Number.NEGATIVE_INFINITY;
    },
    share: () => count().share,
    /** Empty before the first epoch. */
    describe(): string {
      const { seconds } = count();
      if (seconds === undefined) return '';
      if (seconds === 0) return 'all done';
      const since = (performance.now() - countedAt) / 1000;
      return `about ${formatAbout(Math.max(seconds - since, 0))} left`;
    },
  };
}

/** Epochs that were seen, and the seconds they took. */
const noEpochs = () => ({ epochs: 0, seconds: 0 });

/**
 * Seconds an epoch of each cell, as its trials show. A trial's first epoch, which its start is part of, counts only
 * where there is no other; cells without any go by the others and their operations.
 */
function cellSpeeds(cells: readonly ExperimentCell[]) {
  const running = new Map<string, { since: number; hasEpoch: boolean }>();
  const seen = new Map(cells.map((cell) => [cell, { first: noEpochs(), later: noEpochs() }]));
  let most = 1;
  const ownSeconds = (cell: ExperimentCell): number | undefined => {
    const { first, later } = seen.get(cell) ?? { first: noEpochs(), later: noEpochs() };
    const { seconds, epochs } = later.epochs > 0 ? later : first;
    return epochs > 0 ? seconds / epochs : undefined;
  };
  const secondsAnOperation = () => {
    const known = cells.filter((cell) => ownSeconds(cell) !== undefined);
    const sum = (of: (cell: ExperimentCell) => number) => known.reduce((total, cell) => total + of(cell), 0);
    return sum((cell) => ownSeconds(cell) ?? 0) / sum(operationsAnEpoch);
  };
  return {
    started({ trial }: Task) {
      running.set(trial.path, { since: performance.now(), hasEpoch: false });
      most = Math.max(most, running.size);
    },
    epochDone({ trial }: Task, cell: ExperimentCell) {
      const task = running.get(trial.path);
      const own = seen.get(cell);
      if (!task || !own || trial.purpose === 'short') return;
      const now = performance.now();
      const kind = task.hasEpoch ? own.later : own.first;
      kind.epochs++;
      kind.seconds += (now - task.since) / 1000;
      running.set(trial.path, { since: now, hasEpoch: true });
    },
    ended: ({ trial }: Task) => running.delete(trial.path),
    /** Not finite before the first epoch of all. */
    secondsAnEpoch: (cell: ExperimentCell) =>
      ownSeconds(cell) ?? secondsAnOperation() * operationsAnEpoch(cell),
    /** Trials that have been seen to run at a time. */
    processes: () => most,
  };
}

/** A bar a running trial, and below them one for the whole. */
function trialBars(clock: ReturnType<typeof remainingTime>) {
  const bars = progressBars(process.stdout);
  const fieldsOfAll = () => [
    { text: 'all', weight: 1 },
    { text: clock.describe(), weight: 2 },
  ];
  let whole = bars.add(clock.share(), fieldsOfAll());
  const running = new Map<string, { title: string; bar?: Bar }>();
  /** As many as the terminal has rows for, beside the whole's and the cursor's. */
  const giveBars = () => {
    const rows = (process.stdout.rows || 24) - 2;
    const waiting = [...running.values()].filter(({ bar }) => bar === undefined);
    const free = rows - (running.size - waiting.length);
    const chosen = waiting.slice(0, Math.max(free, 0));
    if (chosen.length === 0) return;
    // The whole's stays the last.
    whole.remove();
    for (const one of chosen) one.bar = bars.add(0, [{ text: one.title, weight: 3 }]);
    whole = bars.add(clock.share(), fieldsOfAll());
  };
  const update = () => whole.update(clock.share(), fieldsOfAll());
  return {
    start(task: Task) {
      running.set(task.trial.path, { title: titleOf(task) });
      giveBars();
    },
    progress(task: Task, { epoch, epochs, done, nll }: EpochProgress) {
      const target = Math.min(task.untilEpoch ?? epochs, epochs);
      const one = running.get(task.trial.path);
      one?.bar?.update((epoch - 1 + done) / target, [
        { text: one.title, weight: 3 },
        { text: `epoch ${epoch}/${target}`, weight: 2 },
        { text: `NLL ${nll.toFixed(3)}`, weight: 1 },
      ]);
      update();
    },
    stop(task: Task) {
      running.get(task.trial.path)?.bar?.remove();
      running.delete(task.trial.path);
      giveBars();
      update();
    },
    update,
    print: bars.print,
    close: bars.close,
  };
}
