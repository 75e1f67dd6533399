import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../platform/failure.js';
import type { Measured, ToMeasure } from './measure-worker.js';
import { type PlannedTrial, phasesLeft, type TrialProgress } from './plan.js';
import { trialsFolder } from './records.js';
import type { Experiment, ExperimentCell } from './reproduce.js';
import { type CellLeft, secondsLeft } from './time-left.js';

export interface Estimate {
  readonly cells: readonly CellEstimate[];
  /** Until all is trained, if every run trains all its epochs. */
  readonly secondsLeft: number;
}

export interface CellEstimate extends CellLeft {
  readonly cell: ExperimentCell;
}

const WORKER = fileURLToPath(new URL('./measure-worker.js', import.meta.url));

/**
 * Measures training, evaluation and saving of each cell that has something left, in as many processes at once as are
 * to train, and works out when they would be done.
 *
 * @param jobs processes that are to train
 * @throws Failure where a cell cannot be trained here
 */
export async function estimateTime(
  { cells, folder }: Experiment,
  progressOf: (trial: PlannedTrial) => TrialProgress,
  jobs: number,
): Promise<Estimate> {
  const left = cells.map((cell) => ({ cell, phases: phasesLeft(cell, cell.request.epochs, progressOf) }));
  const open = left.filter(({ phases }) => phases.flat().some((epochs) => epochs > 0));
  const processes = Math.min(jobs, cpus().length);
  const messages = open.map(
    ({ cell }): ToMeasure => ({ request: cell.request, folder: join(trialsFolder(folder), '.measuring-') }),
  );
  const measured = await measureBeside(messages, open.length === 0 ? 0 : processes);
  const estimates = left.map((one): CellEstimate => {
    const times = measured.map((own) => own[open.indexOf(one)] ?? NOTHING);
    return {
      ...one,
      secondsAnEpoch: mean(times.map((t) => t.secondsAnEpoch)),
      secondsATrial: mean(times.map((t) => t.secondsATrial)),
    };
  });
  return { cells: estimates, secondsLeft: secondsLeft(estimates, processes) };
}

const NOTHING = { secondsAnEpoch: 0, secondsATrial: 0 };

type Times = Extract<Measured, { type: 'measured' }>;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

/** Each process measures all cells, begun at different ones. @returns a list a process, in the messages' order */
function measureBeside(messages: readonly ToMeasure[], processes: number): Promise<Times[][]> {
  return Promise.all(
    Array.from({ length: processes }, (_, i) =>
      measureAll(messages, Math.floor((i * messages.length) / processes)),
    ),
  );
}

async function measureAll(messages: readonly ToMeasure[], first: number): Promise<Times[]> {
  const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  try {
    const times: Times[] = [];
    for (let n = 0; n < messages.length; n++) {
      const i = (first + n) % messages.length;
      times[i] = await ask(child, messages[i]);
    }
    return times;
  } finally {
    child.kill();
  }
}

function ask(child: ChildProcess, message: ToMeasure): Promise<Times> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Failure(`${message.request.dataset} ${message.request.model}: ${why}`));
    child.once('exit', (code, signal) => fail(`its measurement ended (${signal ?? `exit code ${code}`})`));
    child.once('message', (answer: Measured) => {
      child.removeAllListeners();
      if (answer.type === 'failed') fail(answer.message);
      else resolve(answer);
    });
    child.send(message);
  });
}
