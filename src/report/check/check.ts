import type { CheckOptions } from './context.js';
import { checkFiles } from './files.js';
import type { Held } from './held.js';
import { checkModels } from './models.js';

/**
 * Holds every number of an experiment's published results: files against each other, then what the models compute.
 *
 * @throws Misuse where the folder holds no results, BadFile where one of its files cannot be read
 */
export async function checkResults(
  folder: string,
  options: CheckOptions,
  onHeld: (held: Held) => void = () => {},
): Promise<Held[]> {
  const files = await checkFiles(folder, onHeld);
  return [...files, ...(await checkModels(folder, options, onHeld))];
}
