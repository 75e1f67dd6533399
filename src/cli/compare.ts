import { Command, Option } from 'commander';
import type { Difference } from '../comparison/differences.js';
import type { SavedRun } from '../comparison/saved-run.js';
import { SPLITS, type Split } from '../data/sequence.js';
import { formatDuration } from '../platform/duration.js';
import { Misuse } from '../platform/failure.js';
import { countOf } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { heading, isLive } from './colour.js';
import { type Column, fittingTable } from './fitting-table.js';
import type { Output } from './flags.js';
import { inLineColour, linePlot } from './line-plot.js';
import { asJson, refuseUnreadable, stateInColour } from './runs.js';
import { columnsOf, formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench compare runs/first runs/second
  gru-bench compare runs/*nottingham* --split test
  gru-bench compare results/quick/trials/demo-music/gru --out gru.html
  gru-bench compare runs/first runs/second --json

A folder with runs below it stands for all of them. The page has the curves of all splits; it is one file, and needs no
network.`;

interface Flags extends Output {
  readonly out?: string;
  readonly split: Split;
}

/** `gru-bench compare`: learning curves of runs over each other, and what differs in their options. */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'Lay the learning curves of runs over each other, over epochs and over seconds; say what differs',
    )
    .argument('<run...>', 'run folders, or folders with runs somewhere below')
    .option('--out <page.html>', 'also write a page with the curves of all splits')
    .addOption(new Option('--split <name>', 'whose NLL the terminal shows').choices(SPLITS).default('valid'))
    .option('--json', 'print JSON: the runs with their curves, and what differs')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(compare);
}

async function compare(folders: readonly string[], { out, split, json, quiet }: Flags): Promise<void> {
  const { findRuns } = await import('../comparison/saved-run.js');
  const { cautions, compareOptions } = await import('../comparison/differences.js');
  const { runLabel } = await import('../comparison/labels.js');
  const { runs, unreadable } = findRuns(folders);
  refuseUnreadable(unreadable);
  if (runs.length === 0) throw new Misuse(`no runs in ${folders.join(', ')}`);
  const { differences, shared } = compareOptions(runs);
  if (out !== undefined) {
    const { writeComparison } = await import('../comparison/page.js');
    await writeComparison(out, runs);
  }
  const labels = runs.map((_, i) => runLabel(i));
  if (json)
    process.stdout.write(
      `${JSON.stringify({
        runs: runs.map((run, i) => ({ label: labels[i], ...asJson(run), curve: run.curve })),
        differences,
        shared: Object.fromEntries(shared),
        cautions: cautions(runs),
      })}\n`,
    );
  else if (!quiet)
    print([
      ...runsTable(runs, labels),
      ...plots(runs, labels, split),
      '',
      ...differenceLines(differences, labels),
      ...cautions(runs),
      ...(out === undefined ? [] : [`Written: ${out}`]),
    ]);
}

function runsTable(runs: readonly SavedRun[], labels: readonly string[]): string[] {
  const nll = (split: Split, dispensable: number): Column<SavedRun> => ({
    title: split,
    text: ({ best }) => best?.[`${split}_nll`].toFixed(4) ?? '-',
    dispensable,
  });
  const width = Math.max(...labels.map((label) => label.length));
  const labelOf = (i: number) => inLineColour(i, labels[i].padEnd(width));
  const columns: Column<SavedRun>[] = [
    { title: 'run', text: ({ folder }, i) => `${labelOf(i)}  ${printable(folder)}`, dispensable: 0 },
    { title: 'data', text: ({ dataset }) => printable(dataset.name), dispensable: 3 },
    {
      title: 'unit',
      text: ({ model }) => `${model.unit.name} ${countOf(model.hiddenSize)}`,
      dispensable: 2,
    },
    {
      title: 'best epoch',
      text: ({ best, curve }) => `${best?.epoch ?? '-'} of ${curve.length}`,
      dispensable: 5,
    },
    nll('train', 7),
    nll('valid', 0),
    nll('test', 1),
    { title: 'time', text: ({ seconds }) => formatDuration(seconds), dispensable: 6 },
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
