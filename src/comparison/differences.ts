import { shownPath } from '../platform/shown-path.js';
import { optionInWords } from '../training/options.js';
import type { SavedRun } from './saved-run.js';

/** An option that two runs or more do not share. */
export interface Difference {
  readonly option: string;
  /** Of each run, in their order; null where it has no such option. */
  readonly values: readonly (string | null)[];
}

/** What a run was made of and on, as a user calls it. */
function optionsOf(run: SavedRun): Map<string, string> {
  const { request, dataset, model, backend, kernels, versions, host } = run;
  const training = Object.entries(request).filter(([name]) => !SHOWN_OTHERWISE.has(name));
  const options: [string, unknown][] = [
    ['data', shownPath(dataset.name)],
    // Of the same name, they may be read or split otherwise.
    ['sequences (SHA-256)', dataset.sha256.slice(0, 12)],
    ['unit', model.unit.name],
    ['equations (SHA-256)', model.unit.hash?.slice(0, 12)],
    ['hidden units', model.hiddenSize],
    ...training.map(([name, value]): [string, unknown] => [optionInWords(name), value]),
    ['kernels', kernels.simd === undefined ? kernels.name : `${kernels.name}, ${kernels.simd}`],
    ['backend', backend.name],
    ['processor', host.processor.model],
    ['gru-bench', versions['gru-bench']],
  ];
  return new Map(
    options.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  );
}

/** Fields of a request of which the run itself tells what came of them. */
const SHOWN_OTHERWISE: ReadonlySet<string> = new Set([
  'dataset',
  'model',
  'equations',
  'hidden',
  'parameters',
  'backend',
  'kernels',
]);

/** The options in which runs differ, and those that all share. */
export function compareOptions(runs: readonly SavedRun[]): {
  readonly differences: readonly Difference[];
  readonly shared: ReadonlyMap<string, string>;
} {
  const all = runs.map(optionsOf);
  const names = [...new Set(all.flatMap((options) => [...options.keys()]))];
  const rows = names.map((option) => ({
    option,
    values: all.map((options) => options.get(option) ?? null),
  }));
  const isShared = ({ values }: Difference) => values.every((value) => value === values[0]);
  return {
    differences: rows.filter((row) => !isShared(row)),
    shared: new Map(rows.filter(isShared).map(({ option, values }) => [option, String(values[0])])),
  };
}

/** What makes curves of runs poor to compare, in words. */
export function cautions(runs: readonly SavedRun[]): string[] {
  const differ = (of: (run: SavedRun) => unknown) => new Set(runs.map(of)).size > 1;
  return [
    ...(differ(({ dataset }) => dataset.sha256)
      ? ['The runs have different data: their NLLs are of different things.']
      : []),
    ...(differ(({ host }) => host.processor.model) || differ(({ request }) => request.threads)
      ? ['The runs had different processors or threads: their seconds do not compare units.']
      : []),
  ];
}
