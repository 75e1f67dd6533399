import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '../platform/failure.js';
import { oneAtATime } from '../platform/folder-lock.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { makeFolder } from '../platform/make-folder.js';
import { shellWord } from '../platform/shell-word.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { requestSchema } from '../training/request.js';
import { readJson, writeJson } from '../training/run-folder.js';
import type { SlurmSettings } from './config.js';
import type { Task } from './plan.js';
import type { Executor, Schedule } from './schedule.js';
import type { TaskMessage } from './train-task.js';

/*
 * Tasks as job arrays of Slurm (sbatch, squeue and scontrol of slurm.schedmd.com). All that is known of an array is
 * in files below the trials' folder, so that any later call can look after jobs that an earlier one submitted.
 */

/** Where arrays are kept: ARRAY.json its tasks, ARRAY.sh its script, JOB_INDEX.log, ARRAY-INDEX.failed.json. */
function arraysFolder(trialsFolder: string): string {
  return join(trialsFolder, 'slurm');
}

/** A task as an array's file has it. */
const taskSchema = z.object({
  path: z.string(),
  folder: z.string(),
  request: requestSchema.partial(),
  expected: z.object({ sequences: z.string().optional(), kernels: z.string().optional() }).optional(),
  untilEpoch: z.number().optional(),
});
const arraySchema = z.object({ job: z.string().optional(), tasks: z.array(taskSchema) });

/** The task of a place in an array, for the job that trains it. */
export function readArrayTask(file: string, index: number): TaskMessage {
  const task = readJson(file, arraySchema).tasks[index];
  if (!task) throw new Failure(`${file} has no task ${index}`);
  return task as TaskMessage;
}

/** Where a job leaves the reason why its task failed. */
export function failureFile(array: string, index: number): string {
  return array.replace(/\.json$/, `-${index}.failed.json`);
}
const failureSchema = z.object({ message: z.string() });

interface Submitted {
  readonly task: Task;
  readonly array: string;
  readonly index: number;
  /** Array job ID and index, as squeue has it. */
  readonly id: string;
}

export interface SlurmOptions {
  readonly settings: SlurmSettings;
  /** Submit what is open and return, without waiting for it. */
  readonly detach: boolean;
  /** Milliseconds between two looks. */
  readonly lookEvery?: number;
}

const LOOK_EVERY = 2000;
/** A task whose jobs vanish so often without a result or a reason has failed. */
const MOST_SUBMISSIONS = 3;

/**
 * Submits open tasks as job arrays and waits for their results on the shared file system. Tasks whose jobs an
 * earlier call submitted and that are still queued are waited for, not submitted again.
 *
 * @throws Failure where Slurm's commands are missing or refuse
 */
export function slurmArrays(trialsFolder: string, { settings, detach, lookEvery }: SlurmOptions): Executor {
  return async (schedule) => {
    const watched = new Map<string, Watched>();
    const submissions = new Map<string, number>();
    for (;;) {
      const queue = await readQueue();
      settle(schedule, watched, queue);
      const adopt = (queued: ReadonlyMap<string, string>) => {
        const earlier = readSubmitted(trialsFolder, schedule.open()).filter(({ id }) => queued.has(id));
        for (const one of earlier) if (!watched.has(keyOf(one.task))) watch(watched, one, schedule);
      };
      const missing = () => schedule.open().filter((task) => !watched.has(keyOf(task)));
      adopt(queue);
      for (const task of missing()) {
        if ((submissions.get(keyOf(task)) ?? 0) < MOST_SUBMISSIONS) continue;
        schedule.started(task);
        schedule.ended(task, {
          type: 'failed',
          message: `its jobs ended ${MOST_SUBMISSIONS} times without a result; see ${arraysFolder(trialsFolder)}`,
        });
      }
      if (missing().length > 0)
        // What another process submits in between is waited for, not submitted again.
        await oneAtATime(arraysFolder(trialsFolder), async () => {
          adopt(await readQueue());
          for (const one of await submit(trialsFolder, missing(), settings)) {
            submissions.set(keyOf(one.task), (submissions.get(keyOf(one.task)) ?? 0) + 1);
            watch(watched, one, schedule);
          }
        });
      tellProgress(schedule, watched, queue);
      if (detach || schedule.stopRequested()) return;
      if (watched.size === 0 && schedule.open().length === 0) return;
      await setTimeout(lookEvery ?? LOOK_EVERY);
    }
  };
}

interface Watched extends Submitted {
  /** Epochs that were told. */
  epochs: number;
  isRunning: boolean;
}

const keyOf = ({ trial, untilEpoch }: Task) => `${trial.path} ${untilEpoch ?? ''}`;

function watch(watched: Map<string, Watched>, submitted: Submitted, schedule: Schedule): void {
  const epochs = schedule.progressNow(submitted.task).curve.length;
  watched.set(keyOf(submitted.task), { ...submitted, epochs, isRunning: false });
}

/** Tells of the tasks whose jobs have left the queue. */
function settle(schedule: Schedule, watched: Map<string, Watched>, queue: ReadonlyMap<string, string>): void {
  for (const [key, one] of watched) {
    if (queue.has(one.id)) continue;
    // Neither queued nor finished nor failed: it is missing again, and the next round submits it.
    watched.delete(key);
    const { curve, ending } = schedule.progressNow(one.task);
    const { untilEpoch = Number.POSITIVE_INFINITY } = one.task;
    const failed = failureFile(one.array, one.index);
    if (ending !== undefined || curve.length >= untilEpoch) {
      if (!one.isRunning) schedule.started(one.task);
      for (; one.epochs < curve.length; one.epochs++) schedule.onEpoch(one.task);
      schedule.ended(one.task, { type: 'ended', ending: ending ?? 'stopped' });
    } else if (existsSync(failed)) {
      schedule.ended(one.task, { type: 'failed', message: readJson(failed, failureSchema).message });
    }
  }
}

function tellProgress(
  schedule: Schedule,
  watched: ReadonlyMap<string, Watched>,
  queue: ReadonlyMap<string, string>,
) {
  for (const one of watched.values()) {
    if (queue.get(one.id) !== 'RUNNING') continue;
    if (!one.isRunning) schedule.started(one.task);
    one.isRunning = true;
    const { curve } = schedule.progressNow(one.task);
    for (; one.epochs < curve.length; one.epochs++) schedule.onEpoch(one.task);
    const last = curve.at(-1);
    const epochs = one.task.trial.request.epochs ?? one.task.untilEpoch ?? curve.length;
    if (last) schedule.onProgress(one.task, { epoch: last.epoch, epochs, done: 1, nll: last.train_nll });
  }
}

/** What earlier calls submitted of the open tasks; of several submissions the last. */
function readSubmitted(trialsFolder: string, open: readonly Task[]): Submitted[] {
  const folder = arraysFolder(trialsFolder);
  if (!existsSync(folder)) return [];
  const arrays = readdirSync(folder)
    .filter((name) => /^array-\d+\.json$/.test(name))
    .map((name) => join(folder, name));
  return arrays.flatMap((array) => {
    const { job, tasks } = readJson(array, arraySchema);
    if (job === undefined) return [];
    return tasks.flatMap(({ path, untilEpoch }, index) => {
      const task = open.find((one) => one.trial.path === path && one.untilEpoch === untilEpoch);
      return task ? [{ task, array, index, id: `${job}_${index}` }] : [];
    });
  });
}

async function submit(
  trialsFolder: string,
  tasks: readonly Task[],
  settings: SlurmSettings,
): Promise<Submitted[]> {
  const submitted: Submitted[] = [];
  for (let first = 0; first < tasks.length; first += settings.arraySize)
    submitted.push(
      ...(await submitArray(trialsFolder, tasks.slice(first, first + settings.arraySize), settings)),
    );
  return submitted;
}

async function submitArray(
  trialsFolder: string,
  tasks: readonly Task[],
  settings: SlurmSettings,
): Promise<Submitted[]> {
  const folder = resolve(arraysFolder(trialsFolder));
  const script = claimScript(folder);
  const array = script.replace(/\.sh$/, '.json');
  const content = tasks.map(({ trial: { path, request, expected }, untilEpoch }) => ({
    path,
    folder: resolve(trialsFolder, path),
    request,
    expected,
    untilEpoch,
  }));
  writeJson(array, { tasks: content });
  writeWholeFile(script, jobScript(array, tasks.length, settings));
  const job = (await slurm('sbatch', ['--parsable', script])).trim().split(';')[0];
  writeJson(array, { job, tasks: content });
  return tasks.map((task, index) => ({ task, array, index, id: `${job}_${index}` }));
}

/** Makes an empty script of a number that no array has: of two processes only one can make it. */
function claimScript(folder: string): string {
  for (let number = 1; ; number++) {
    const script = join(folder, `array-${number}.sh`);
    try {
      makeFolder(folder);
      writeFileSync(script, '', { flag: 'wx' });
      return script;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new Failure(`cannot write ${script}: ${message}`);
    }
  }
}

/** Seconds before the end of a job's time at which it is told to save. */
const WARNED_BEFORE = 90;

/**
 * The batch script of an array. Slurm's own TERM (preemption, scancel) lets the run save; after a preemption Slurm
 * requeues the job itself. Before its time is over the job gets USR1: it saves, and requeues itself.
 */
function jobScript(array: string, tasks: number, settings: SlurmSettings): string {
  const { partition, time, cpusPerTask, running, lines } = settings;
  const log = array.replace(/array-\d+\.json$/, '%A_%a.log');
  const directives = [
    '--job-name=gru-bench',
    `--array=0-${tasks - 1}${running === undefined ? '' : `%${running}`}`,
    `--output=${log}`,
    '--open-mode=append',
    '--requeue',
    '--ntasks=1',
    `--cpus-per-task=${cpusPerTask}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`, `--signal=B:USR1@${WARNED_BEFORE}`]),
  ];
  const command = [process.execPath, join(PACKAGE_ROOT, 'bin', 'gru-bench.js'), 'reproduce-task', array];
  return `#!/bin/bash
${directives.map((one) => `#SBATCH ${one}`).join('\n')}
${lines.join('\n')}
${command.map(shellWord).join(' ')} "$SLURM_ARRAY_TASK_ID" &
run=$!
requeue=
trap 'kill -TERM $run' TERM
trap 'requeue=yes; kill -TERM $run' USR1
while kill -0 $run 2>/dev/null; do wait $run; code=$?; done
if [ "$requeue" ] && [ "$code" = 143 ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
`;
}

/** This user's jobs: array job ID and index → state. */
async function readQueue(): Promise<Map<string, string>> {
  const lines = (await slurm('squeue', ['--me', '--noheader', '--array', '--format=%F_%K %T'])).trim();
  return new Map(
    lines.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])),
  );
}

async function slurm(program: string, words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, words, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT')
      throw new Failure(`${program} is not installed here; --executor slurm needs Slurm`);
    throw new Failure(`${program}: ${(stderr || message).trim().split('\n')[0]}`);
  }
}
