import { accessSync, constants } from 'node:fs';
import { Failure } from '../platform/failure.js';
import { makeFolder } from '../platform/make-folder.js';
import { type SummaryWriter, summaryWriter } from '../platform/tensorflow-node.js';
import type { CurveRow } from './curve.js';
import type { PreparedRun } from './run.js';

/** Tags in TensorBoard, which groups them by what stands before the slash. */
const TAGS = {
  'nll/train': 'train_nll',
  'nll/valid': 'valid_nll',
  'nll/test': 'test_nll',
  'nll per sequence/train': 'train_nll_per_sequence',
  'nll per sequence/valid': 'valid_nll_per_sequence',
  'nll per sequence/test': 'test_nll_per_sequence',
  learning_rate: 'learning_rate',
  gradient_norm: 'gradient_norm',
  skipped_updates: 'skipped_updates',
} as const satisfies Record<string, keyof CurveRow>;

/**
 * An event file for TensorBoard; steps are epochs.
 *
 * @returns writes an epoch
 * @throws Failure where the run is not on the tensorflow backend, which has the writer, or the folder cannot be
 *   written
 */
export function eventFile({ backend }: PreparedRun, folder: string): (row: CurveRow) => void {
  const refuse = (reason: string) => new Failure(`--tensorboard ${folder}: ${reason}`);
  if (backend.name !== 'tensorflow')
    throw refuse(`the ${backend.name} backend cannot write event files; --backend tensorflow can`);
  let writer: SummaryWriter;
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    writer = summaryWriter(folder);
  } catch (error) {
    throw refuse((error as Error).message.split('\n')[0]);
  }
  return (row) => {
    for (const [tag, column] of Object.entries(TAGS))
      if (Number.isFinite(row[column])) writer.scalar(tag, row[column], row.epoch);
    writer.flush();
  };
}
