import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.js';
import { isLeftOver, namesIn, partialName, removeLeftOver } from './left-overs.js';

const PREFIX = 'gru-bench-';

/**
 * Does work with an empty folder of its own among the system's temporary ones, which is removed afterwards. Those that
 * killed processes left there go first.
 *
 * @throws Failure where no folder can be made there, and what the work throws
 */
export async function inTemporaryFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const place = tmpdir();
  for (const name of namesIn(place))
    if (name.startsWith(PREFIX) && isLeftOver(name)) removeLeftOver(join(place, name));
  const folder = partialName(join(place, `${PREFIX}${randomUUID()}`));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new Failure(`no temporary folder can be made in ${place}: ${(error as Error).message}`);
  }
  try {
    return await work(folder);
  } finally {
    removeLeftOver(folder);
  }
}
