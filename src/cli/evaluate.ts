import { Command, Option } from 'commander';
import { SPLITS } from '../data/sequence.js';
import { KERNEL_CHOICES } from '../kernels/kernel-names.js';
import { BACKENDS } from '../platform/backend-names.js';
import { printable } from '../platform/printable.js';
import { shownPath } from '../platform/shown-path.js';
import type { SavedEvaluation } from '../training/evaluate-saved.js';
import { heading } from './colour.js';
import { addFolderOptions } from './data-options.js';
import { parseThreads, wholeNumber } from './flags.js';
import { printRemarks } from './remarks.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench evaluate runs/nottingham-lstm
  gru-bench evaluate runs/nottingham-lstm --split all --json
  gru-bench evaluate model.safetensors --dataset jsb-chorales --split valid

docs/runs.md lists the parameter names and metadata that a file needs.`;

/** `gru-bench evaluate`: the NLL of saved parameters on a data set. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Average NLL of a run, or of any safetensors file of the documented names, on a data set')
    .argument('<run|file>', "a run's folder (its best parameters are taken) or a .safetensors file")
    .option('--dataset <name|folder>', "data set (default for a run: the run's own)")
    .addOption(new Option('--split <name>', 'split').choices([...SPLITS, 'all']).default('test'))
    .option(
      '--max-sequences <n>',
      'use only the first n sequences of each split',
      wholeNumber('--max-sequences', 1),
    );
  return addFolderOptions(command)
    .addOption(new Option('--backend <name>', 'what TensorFlow.js runs on').choices(BACKENDS).default('auto'))
    .addOption(
      new Option('--kernels <kind>', 'how the NLL is computed').choices(KERNEL_CHOICES).default('auto'),
    )
    .option('--threads <n>', 'threads of kernels and backend', parseThreads, 1)
    .option('--json', 'print JSON')
    .option('--quiet', 'print the bare result: no remarks on the data')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, { json, quiet, split, ...options }) => {
      const { evaluateSaved } = await import('../training/evaluate-saved.js');
      const result = await evaluateSaved(path, { ...options, splits: split === 'all' ? SPLITS : [split] });
      if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
      else {
        if (!quiet) printRemarks(result);
        print(table(result));
      }
    });
}

function table({ file, dataset, backend, kernels, splits }: SavedEvaluation): string[] {
  const rows = splits.map(({ split, perFrame, perSequence, sequences, predictedFrames }) => [
    split,
    perFrame.toFixed(4),
    perSequence.toFixed(4),
    String(sequences),
    String(predictedFrames),
  ]);
  const titles = ['', 'per frame', 'per sequence', 'sequences', 'frames'];
  return [
    printable(`${file} on ${shownPath(dataset)}`),
    `average NLL, nats; ${backend} backend, ${kernels} kernels`,
    ...formatTable([titles.map((title) => heading(title)), ...rows]),
  ];
}
