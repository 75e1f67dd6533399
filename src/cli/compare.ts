import { Command, Option } from 'commander';
import { SPLITS, type Split } from '../data/sequence.js';
import { Misuse } from '../platform/failure.js';
import type { Output } from './flags.js';
import { asJson, refuseUnreadable } from './runs.js';
import { print } from './text.js';

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
  const { runs, unreadable, without } = findRuns(folders);
  refuseUnreadable(unreadable);
  if (without.length > 0) throw new Misuse(`no runs in ${without.join(', ')}`);
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
  else if (!quiet) {
    const { comparisonText } = await import('./comparison-text.js');
    const written = out === undefined ? [] : [`Written: ${out}`];
    print([...comparisonText(runs, labels, differences, split), ...cautions(runs), ...written]);
  }
}
