import type { CheckOptions } from './context.js';
import { checkFiles } from './files.js';
import type { Held } from './held.js';
import { checkModels } from './models.js';

/**
 * Holds every number of an experiment's published results: files against each other, then what the models compute.
 *
 * @throws Misuse where the folder holds no results
 */
export async function checkResults(
  folder: string,
  options: CheckOptions,
  onHeld: (held: Held) => void = () => {},
): Promise<Held[]> {
  const files = await checkFiles(folder, onHeld);
  if (files.some(({ check }) => check === 'format')) return files;
  return [...files, ...(await checkModels(folder, options, onHeld))];
}
