import { loadDataset } from '../data/catalogue.js';
import type { Dataset } from '../data/sequence.js';

/** As `loadDataset`, for a process that works on one trial after another: what is loaded stays so. */
export function loadOnce(): typeof loadDataset {
  const datasets = new Map<string, Promise<Dataset>>();
  return (name, options) => {
    const key = JSON.stringify([name, options]);
    const known = datasets.get(key) ?? loadDataset(name, options);
    datasets.set(key, known);
    return known;
  };
}
