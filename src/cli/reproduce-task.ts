import { Command } from 'commander';
import { Failure } from '../platform/failure.js';
import { wholeNumber } from './flags.js';
import { listenForStop } from './stop.js';
import { print } from './text.js';

/** `gru-bench reproduce-task`: what a job of a Slurm array runs. Not for people, so not in the help. */
export function reproduceTaskCommand(): Command {
  return new Command('reproduce-task')
    .description('Train one task of an array')
    .argument('<file>', 'file of the array')
    .argument('<index>', 'place of the task in it, from 0', wholeNumber('index', 0))
    .action(reproduceTask);
}

async function reproduceTask(file: string, index: number): Promise<void> {
  const { failureFile, readArrayTask } = await import('../experiment/slurm.js');
  const { trainTask } = await import('../experiment/train-task.js');
  const { writeJson } = await import('../training/run-folder.js');
  const stop = listenForStop();
  try {
    const task = readArrayTask(file, index);
    print([`${task.folder}${task.untilEpoch === undefined ? '' : `, to epoch ${task.untilEpoch}`}`]);
    const ending = await trainTask(task, () => ({
      onEpoch: ({ epoch, valid_nll }) => print([`epoch ${epoch}  valid ${valid_nll.toFixed(4)}`]),
      stopRequested: stop.requested,
    }));
    print([stop.requested() ? 'stopped' : ending]);
  } catch (error) {
    if (error instanceof Failure) writeJson(failureFile(file, index), { message: error.message });
    throw error;
  } finally {
    stop.close();
  }
  process.exitCode = stop.exitCode();
}
