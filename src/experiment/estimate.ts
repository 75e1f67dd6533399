import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Failure } from '../platform/failure.js';
import { removeLeftOvers } from '../platform/left-overs.js';
import type { Measured, ToMeasure } from './measure-worker.js';
import { type ProgressOf, phasesLeft } from './plan.js';
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
  progressOf: ProgressOf,
  jobs: number,
): Promise<Estimate> {
  const left = cells.map((cell) => ({ cell, phases: phasesLeft(cell, cell.request.epochs, progressOf) }));
  const open = left.filter(({ phases }) => phases.flat().some((epochs) => epochs > 0));
  const processes = Math.min(jobs, cpus().length);
  const trials = trialsFolder(folder);
  const messages = open.map(({ cell }): ToMeasure => ({ request: cell.request, folder: trials }));
  const measured = await measureBeside(messages, open.length === 0 ? 0 : processes).finally(() =>
    removeLeftOvers(trials),
  );
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

/** A process that measures, and what it says once it cannot any more. */
interface Measurer {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
}

/**
 * Each process measures all cells, begun at different ones. None is left when this ends, however it ends.
 *
 * @returns a list a process, in the messages' order
 */
async function measureBeside(messages: readonly ToMeasure[], processes: number): Promise<Times[][]> {
  const measurers: Measurer[] = [];
  try {
    while (measurers.length < processes) measurers.push(startMeasurer());
    return await Promise.all(
      measurers.map((one, i) => measureAll(one, messages, Math.floor((i * messages.length) / processes))),
    );
  } finally {
    for (const { child } of measurers) child.kill('SIGKILL');
    await Promise.all(measurers.map(({ ended }) => ended));
  }
}

/** Node throws some of a system's refusals, and tells of others later. */
function forkWorker(): ChildProcess {
  try {
    return fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  } catch (error) {
    throw new Failure(`a measurement cannot be started: ${(error as Error).message}`);
  }
}

function startMeasurer(): Measurer {
  const child = forkWorker();
  const ended = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(`its measurement cannot be started: ${message}`));
    child.on('exit', (code, signal) => resolve(`its measurement ended (${signal ?? `exit code ${code}`})`));
  });
  return { child, ended };
}

async function measureAll(
  measurer: Measurer,
  messages: readonly ToMeasure[],
  first: number,
): Promise<Times[]> {
  const times: Times[] = [];
  for (let n = 0; n < messages.length; n++) {
    const i = (first + n) % messages.length;
    times[i] = await ask(measurer, messages[i]);
  }
  return times;
}

async function ask({ child, ended }: Measurer, message: ToMeasure): Promise<Times> {
  const answered = new Promise<Measured>((resolve) => child.once('message', resolve));
  const failed = ended.then((why): Measured => ({ type: 'failed', message: why }));
  // One that did not start may have no way to be sent anything; `ended` says why.
  child.send?.(message, () => {});
  const answer = await Promise.race([answered, failed]);
  if (answer.type === 'measured') return answer;
  throw new Failure(`${message.request.dataset} ${message.request.model}: ${answer.message}`);
}
