import { relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { FoundRuns, SavedRun } from '../comparison/saved-run.js';
import { formatDuration } from '../platform/duration.js';
import { Failure } from '../platform/failure.js';
import { isFolder } from '../platform/file-status.js';
import { countOf } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { lastParts, shownPath } from '../platform/shown-path.js';
import { styled } from './colour.js';
import { type Column, fittingTable } from './fitting-table.js';
import type { Output } from './flags.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench runs
  gru-bench runs --sort valid
  gru-bench runs runs/*nottingham* results/quick --sort time --reverse
  gru-bench runs --json | jq '.[] | select(.state == "stopped") | .folder'

NLLs are those of the epoch with the best validation NLL, per frame, nats; time is that of training alone.
States: all epochs, patience, diverged (why it ended); running; stopped (gru-bench train --resume FOLDER goes on).`;

/** Where `train` puts runs if not told otherwise. */
const OWN_FOLDER = 'runs';

/** A column of the list, and what `--sort` goes by: runs without come last. */
interface SortableColumn extends Column<SavedRun> {
  readonly key: (run: SavedRun) => string | number | undefined;
}

const nll = (split: 'train' | 'valid' | 'test', dispensable: number): SortableColumn => ({
  title: split,
  text: ({ best }) => best?.[`${split}_nll`].toFixed(4) ?? '-',
  key: ({ best }) => best?.[`${split}_nll`],
  dispensable,
});

/** By the names that `--sort` takes. */
const COLUMNS = {
  data: {
    title: 'data',
    text: ({ dataset }) => printable(shownPath(dataset.name)),
    key: ({ dataset }) => dataset.name,
    dispensable: 0,
  },
  unit: {
    title: 'unit',
    text: ({ model }) => model.unit.name,
    key: ({ model }) => model.unit.name,
    dispensable: 0,
  },
  hidden: {
    title: 'hidden',
    text: ({ model }) => countOf(model.hiddenSize),
    key: ({ model }) => model.hiddenSize,
    dispensable: 7,
  },
  rate: {
    title: 'rate',
    text: ({ request }) => request.learningRate.toExponential(2),
    key: ({ request }) => request.learningRate,
    dispensable: 5,
  },
  seed: {
    title: 'seed',
    text: ({ request }) => String(request.seed),
    key: ({ request }) => request.seed,
    dispensable: 4,
  },
  epochs: {
    title: 'epochs',
    text: ({ curve, request }) => `${curve.length}/${request.epochs}`,
    key: ({ curve }) => curve.length,
    dispensable: 3,
  },
  best: {
    title: 'best',
    text: ({ best }) => String(best?.epoch ?? '-'),
    key: ({ best }) => best?.epoch,
    dispensable: 6,
  },
  train: nll('train', 8),
  valid: nll('valid', 0),
  test: nll('test', 1),
  time: {
    title: 'time',
    text: ({ seconds }) => formatDuration(seconds),
    key: ({ seconds }) => seconds,
    dispensable: 2,
  },
  state: {
    title: 'state',
    text: ({ state }) => stateInColour(state),
    key: ({ state }) => state,
    dispensable: 0,
  },
} as const satisfies Record<string, SortableColumn>;

const SORTED_BY = ['started', 'name', ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[])] as const;
type SortedBy = (typeof SORTED_BY)[number];

interface Flags extends Output {
  readonly sort: SortedBy;
  readonly reverse?: boolean;
}

/** `gru-bench runs`: what runs there are, and what came of them. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List runs: data, unit, epochs, NLLs, time and state')
    .argument('[folder...]', `run folders, or folders with runs somewhere below (default: ${OWN_FOLDER})`)
    .addOption(new Option('--sort <column>', 'what to sort by').choices(SORTED_BY).default('started'))
    .option('--reverse', 'the highest first')
    .option('--json', 'print JSON: all options, and the row of the best epoch')
    .option('--quiet', 'print nothing but the folders')
    .addHelpText('after', EXAMPLES)
    .action(list);
}

async function list(folders: readonly string[], { sort, reverse, json, quiet }: Flags): Promise<void> {
  const { findRuns } = await import('../comparison/saved-run.js');
  const places = folders.length > 0 ? folders : [OWN_FOLDER].filter(isFolder);
  const { runs, unreadable, without } = findRuns(places);
  const sorted = sortRuns(runs, sort, reverse ?? false);
  if (json) process.stdout.write(`${JSON.stringify(sorted.map(asJson), null, 2)}\n`);
  else if (quiet) print(sorted.map(({ folder }) => folder));
  else if (sorted.length > 0) print(table(sorted, places));
  else if (unreadable.length === 0) print([noRuns(places)]);
  if (sorted.length > 0 && without.length > 0 && !quiet) process.stderr.write(`${noRuns(without)}\n`);
  refuseUnreadable(unreadable);
}

const noRuns = (places: readonly string[]) =>
  `No runs in ${places.join(', ') || OWN_FOLDER}: gru-bench train makes them, and so does gru-bench reproduce, in results/NAME/trials.`;

/** @throws Failure where runs are missing from a list since they cannot be read */
export function refuseUnreadable(unreadable: FoundRuns['unreadable']): void {
  if (unreadable.length === 0) return;
  const more = unreadable.length > 1 ? ` (and ${unreadable.length - 1} more)` : '';
  throw new Failure(`${unreadable[0].folder} cannot be read${more}: ${unreadable[0].message}`);
}

function sortRuns(runs: readonly SavedRun[], by: SortedBy, reverse: boolean): SavedRun[] {
  const key = (run: SavedRun) => {
    if (by === 'started') return run.startedAt;
    return by === 'name' ? run.folder : COLUMNS[by].key(run);
  };
  const isMissing = (value: unknown) => value === undefined || Number.isNaN(value);
  return [...runs].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (isMissing(left) || isMissing(right)) return Number(isMissing(left)) - Number(isMissing(right));
    const order = left === right ? 0 : (left as number) < (right as number) ? -1 : 1;
    return reverse ? -order : order;
  });
}

function table(runs: readonly SavedRun[], places: readonly string[]): string[] {
  const [place] = places;
  const name = {
    title: places.length === 1 ? `in ${printable(place)}` : 'run',
    text: ({ folder }: SavedRun) =>
      printable((places.length === 1 && relative(resolve(place), resolve(folder))) || folder),
    dispensable: 0,
  };
  const shown = lastParts(runs.map(({ dataset }) => dataset.name));
  const data = { ...COLUMNS.data, text: ({ dataset }: SavedRun) => printable(shown(dataset.name)) };
  return fittingTable([name, ...Object.values({ ...COLUMNS, data })], runs);
}

export function stateInColour(state: SavedRun['state']): string {
  const styles = { running: 'cyan', stopped: 'yellow', diverged: 'red' } as const;
  const style = styles[state as keyof typeof styles];
  return style ? styled(style, state) : state;
}

/** A run as `--json` has it. */
export function asJson(run: SavedRun) {
  const { folder, dataset, request, model, curve, best, seconds, secondsAnEpoch, state, startedAt } = run;
  return {
    folder,
    dataset: dataset.name,
    unit: model.unit.name,
    hiddenUnits: model.hiddenSize,
    parameters: model.parameters,
    state,
    epochs: curve.length,
    seconds,
    secondsAnEpoch,
    best,
    startedAt,
    request,
    data: dataset,
    backend: run.backend.name,
    kernels: run.kernels,
    processor: run.host.processor.model,
    versions: run.versions,
  };
}
