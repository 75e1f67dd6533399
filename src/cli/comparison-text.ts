import type { Difference } from '../comparison/differences.js';
import type { SavedRun } from '../comparison/saved-run.js';
import type { Split } from '../data/sequence.js';
import { formatDuration } from '../platform/duration.js';
import { countOf } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { lastParts } from '../platform/shown-path.js';
import { heading, isLive } from './colour.js';
import { type Column, fittingTable } from './fitting-table.js';
import { inLineColour, linePlot } from './line-plot.js';
import { stateInColour } from './runs.js';
import { columnsOf, formatTable } from './text.js';

/** Lines on runs side by side: what came of each, their curves of a split on a terminal, and what differs. */
export function comparisonText(
  runs: readonly SavedRun[],
  labels: readonly string[],
  differences: readonly Difference[],
  split: Split,
): string[] {
  return [
    ...runsTable(runs, labels),
    ...plots(runs, labels, split),
    '',
    ...differenceLines(differences, labels),
  ];
}

function runsTable(runs: readonly SavedRun[], labels: readonly string[]): string[] {
  const nll = (split: Split, dispensable: number): Column<SavedRun> => ({
    title: split,
    text: ({ best }) => best?.[`${split}_nll`].toFixed(4) ?? '-',
    dispensable,
  });
  const width = Math.max(...labels.map((label) => label.length));
  const labelOf = (i: number) => inLineColour(i, labels[i].padEnd(width));
  const shown = lastParts(runs.map(({ dataset }) => dataset.name));
  const columns: Column<SavedRun>[] = [
    { title: 'run', text: ({ folder }, i) => `${labelOf(i)}  ${printable(folder)}`, dispensable: 0 },
    { title: 'data', text: ({ dataset }) => printable(shown(dataset.name)), dispensable: 3 },
    {
      title: 'unit',
      text: ({ model }) => `${model.unit.name} ${countOf(model.hiddenSize)}`,
      dispensable: 2,
    },
    { title: 'best', text: ({ best }) => String(best?.epoch ?? '-'), dispensable: 6 },
    { title: 'epochs', text: ({ curve, request }) => `${curve.length}/${request.epochs}`, dispensable: 5 },
    nll('train', 8),
    nll('valid', 0),
    nll('test', 1),
    { title: 'time', text: ({ seconds }) => formatDuration(seconds), dispensable: 7 },
    { title: 'state', text: ({ state }) => stateInColour(state), dispensable: 4 },
  ];
  return ['NLL per frame at the best epoch, nats; time of training', ...fittingTable(columns, runs)];
}

/** Rows of each plot. */
const ROWS = 12;

/** On a terminal, the curves over epochs and over seconds. */
function plots(runs: readonly SavedRun[], labels: readonly string[], split: Split): string[] {
  if (!isLive(process.stdout)) return [];
  const size = { columns: Math.min(columnsOf(process.stdout), 160), rows: ROWS };
  const over = { epochs: 'epoch', seconds: 'wall_clock_s' } as const;
  const names = { train: 'Training', valid: 'Validation', test: 'Test' } as const;
  return Object.entries(over).flatMap(([title, column]) => {
    const lines = runs.map(({ curve }, i) => ({
      mark: labels[i],
      points: curve.map((row) => [row[column], row[`${split}_nll`]] as const),
    }));
    const plot = linePlot(lines, title, size);
    return plot.length === 0
      ? []
      : ['', heading(`${names[split]} NLL per frame, nats, over ${title}`), ...plot];
  });
}

/** A line an option: each value, and the runs that have it. */
function differenceLines(differences: readonly Difference[], labels: readonly string[]): string[] {
  if (labels.length === 1) return [];
  if (differences.length === 0) return ['The runs have the same options.'];
  const rows = differences.map(({ option, values }) => {
    const runsWith = (value: string | null) => labels.filter((_, i) => values[i] === value).join(' ');
    const texts = [...new Set(values)].map((value) => `${runsWith(value)}: ${printable(value ?? '-')}`);
    return [option, texts.join('   ')];
  });
  return [heading('What differs'), ...formatTable(rows)];
}
