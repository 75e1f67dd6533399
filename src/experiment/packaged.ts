import { join } from 'node:path';
import { Misuse } from '../platform/failure.js';
import { fileStatus } from '../platform/file-status.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { guessOfPath, isFile } from '../platform/nearest-path.js';

/** Experiments that come with the package. */
export const PACKAGED = ['paper', 'quick', 'units'] as const;

export const PACKAGED_IN_WORDS = PACKAGED.join(', ').replace(/, ([^,]*)$/, ' and $1');

/**
 * Where an experiment's file is: the path itself, or that of a packaged one where only its name is given or no file
 * of the path is there.
 *
 * @throws Misuse where there is neither
 */
export function experimentFile(path: string): string {
  const status = fileStatus(path);
  if (status && !status.isDirectory()) return path;
  const name = PACKAGED.find((one) => [one, `configs/${one}.yaml`].includes(path));
  if (name) return join(PACKAGE_ROOT, 'configs', `${name}.yaml`);
  const own = guessOfPath(path, (one) => isFile(one) && /\.(ya?ml|json)$/.test(one));
  const advice = own || `; ${adviceOnName(path, PACKAGED, `${PACKAGED_IN_WORDS} come with gru-bench`)}`;
  throw new Misuse(`${path}: no such experiment file${advice}`);
}
