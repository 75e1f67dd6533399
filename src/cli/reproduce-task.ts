import { Command } from 'commander';
import { failureFile, readArrayTask } from '../experiment/slurm.js';
import { trainTask } from '../experiment/train-task.js';
import { Failure } from '../platform/failure.js';
import { writeJson } from '../training/run-folder.js';
import { parseNumber } from './flags.js';
import { listenForStop } from './stop.js';

/** `gru-bench reproduce-task`: what a job of a Slurm array runs. Not for people, so not in the help. */
export function reproduceTaskCommand(): Command {
  return new Command('reproduce-task')
    .description('Train one task of an array')
    .argument('<file>', 'file of the array')
    .argument('<index>', 'place of the task in it, from 0', parseNumber)
    .action(reproduceTask);
}

async function reproduceTask(file: string, index: number): Promise<void> {
  const stop = listenForStop();
  try {
    const task = readArrayTask(file, index);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    print(`${task.folder}${task.untilEpoch === undefined ? '' : `, to epoch ${task.untilEpoch}`}`);
    const ending = await trainTask(task, () => ({
      onEpoch: ({ epoch, valid_nll }) => print(`epoch ${epoch}  valid ${valid_nll.toFixed(4)}`),
      stopRequested: stop.requested,
    }));
    print(stop.requested() ? 'stopped' : ending);
  } catch (error) {
    if (error instanceof Failure) writeJson(failureFile(file, index), { message: error.message });
    throw error;
  } finally {
    stop.close();
  }
  process.exitCode = stop.exitCode();
}
