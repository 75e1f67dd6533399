import { join } from 'node:path';
import { Command, Option } from 'commander';
import { OWN_DATA, shortName } from '../data/dataset-name.js';
import { KERNEL_CHOICES } from '../kernels/kernel-names.js';
import { BACKENDS } from '../platform/backend-names.js';
import { askedForAt, Misuse } from '../platform/failure.js';
import { SCHEDULES } from '../training/learning-rate.js';
import type { TrainingRequest } from '../training/request.js';
import { addFolderOptions } from './data-options.js';
import { flagOf, type Output, parseNumber } from './flags.js';
import { listenForStop } from './stop.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench train --model gru --dataset demo-music --epochs 3
  gru-bench train --model lstm --dataset nottingham --learning-rate 3e-4 --out runs/nottingham-lstm
  gru-bench train --model tanh --dataset ~/my-midi --schedule constant --patience 0
  gru-bench train --model gru --dataset ~/my-midi --split-seed 2 --split-shares 70,15,15 --skip-broken
  gru-bench train --model ./my-unit.mjs --dataset demo-music --parameters 20k
  gru-bench train --resume runs/nottingham-lstm
  gru-bench train --resume runs/nottingham-lstm --epochs 800
  gru-bench train --config my-run.yaml --seed 2
  gru-bench train --model gru --dataset jsb-chorales --tensorboard runs/events

A run can be stopped (Ctrl-C) or killed at any moment; --resume goes on to the same numbers. With --epochs or --patience
it ends later or sooner than it was to: a linear schedule falls as it began, stays at 1 % of the learning rate beyond, and
the numbers are those of a run begun with these epochs and with --schedule-epochs of before.`;

/** `gru-bench train`: one model on one data set. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train one model on one data set; writes curve, best parameters and state to a folder')
    .option('--model <unit|file>', 'recurrent unit: a name of `gru-bench units`, or the file of an own one')
    .option('--dataset <name|folder>', `a name of \`gru-bench datasets list\`, ${OWN_DATA}`)
    .option('--config <file>', 'YAML or JSON file with any of these options; a flag goes before what it says')
    .option('--out <folder>', 'folder of the run (default: runs/DATE-DATASET-MODEL-SEED)')
    .option('--resume <folder>', 'go on with a run; with --epochs or --patience, to another end')
    .option(
      '--hidden <n>',
      'hidden units (default: Table 1 of the paper, or as many parameters)',
      parseNumber,
    )
    .addOption(new Option('--units <n>').argParser(parseNumber).hideHelp())
    .option('--parameters <n>', 'hidden units that give about so many recurrent parameters, such as 20k')
    .option('--max-sequences <n>', 'use only the first n sequences of each split', parseNumber);
  addFolderOptions(command);
  const protocol: [flags: string, description: string][] = [
    ['--epochs <n>', 'epochs (default: 500 for music, 990 for speech)'],
    ['--learning-rate <rate>', 'learning rate (default: 1e-3)'],
    ['--batch-size <n>', 'sequences an update (default: 1 for music, 16 for speech)'],
    ['--weight-noise <deviation>', 'noise on input and recurrent weights at each update (default: 0.075)'],
    [
      '--patience <epochs>',
      'stop after so many epochs without a better validation NLL; 0: never (default: 50)',
    ],
    [
      '--schedule-epochs <n>',
      'epochs over which a linear schedule falls; it stays at 1 % then (default: all)',
    ],
    ['--seed <n>', 'decides initial weights, order and noise (default: 1)'],
    ['--momentum <share>', 'momentum (default: 0.9)'],
    ['--decay <share>', 'RMSProp: share of the mean square that a step keeps (default: 0.95)'],
    ['--rms-floor <value>', 'RMSProp: smallest root of the mean square (default: 0.01)'],
    ['--maximum-gradient-norm <norm>', 'rescale larger gradients to this norm (default: 1)'],
    ['--initial-bound <value>', 'initial input and output weights are uniform on ± this (default: 0.1)'],
    ['--threads <n>', 'threads of kernels and backend (default: 1)'],
  ];
  for (const [flags, description] of protocol) command.option(flags, description, parseNumber);
  return command
    .addOption(
      new Option('--schedule <kind>', 'learning rate: linear to 1 % (default), or constant').choices(
        SCHEDULES,
      ),
    )
    .addOption(new Option('--backend <name>', 'what TensorFlow.js runs on (default: auto)').choices(BACKENDS))
    .addOption(
      new Option('--kernels <kind>', 'how the NLL is computed (default: auto)').choices(KERNEL_CHOICES),
    )
    .option('--tensorboard <folder>', 'also write each epoch to an event file for TensorBoard')
    .option('--json', 'one JSON object a line: the run, each epoch, the result')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(train);
}

type Flags = Output & { config?: string; out?: string; resume?: string; tensorboard?: string } & Record<
    string,
    unknown
  >;

async function train(flags: Flags): Promise<void> {
  const { json, quiet, config, out, resume, tensorboard, ...fields } = flags;
  const { trainRun } = await import('../training/run.js');
  const { eventFile } = await import('../training/event-file.js');
  const { trainingDisplay } = await import('./training-display.js');
  const run =
    resume === undefined ? await start(fields, config, out) : await goOn(resume, fields, config, out);
  if (config !== undefined && fields.dataset === undefined && !quiet)
    await tellOfShadowed(run.request, config);
  const stop = listenForStop();
  const display = trainingDisplay(run, { json, quiet });
  try {
    const events = tensorboard === undefined ? undefined : eventFile(run, tensorboard);
    const result = await trainRun(run, {
      ...display,
      onEpoch(row, isBest) {
        display.onEpoch?.(row, isBest);
        events?.(row);
      },
      stopRequested: stop.requested,
    });
    display.onResult(result);
  } finally {
    display.close();
    stop.close();
  }
  process.exitCode = stop.exitCode();
}

async function tellOfShadowed({ dataset }: Pick<TrainingRequest, 'dataset'>, config: string): Promise<void> {
  const { shadowedBeside } = await import('../data/catalogue.js');
  const text = shadowedBeside(dataset, config);
  if (text !== undefined) print([text], process.stderr);
}

async function start(fields: Record<string, unknown>, config?: string, out?: string) {
  const { parseRequest, readRequestFile, withUnit } = await import('../training/request-file.js');
  const { prepareRun } = await import('../training/run.js');
  const { loadDataset } = await import('../data/catalogue.js');
  const file = config === undefined ? undefined : readRequestFile(config);
  const placeOf = (field: string) => (field in fields ? undefined : file?.placeOf(field));
  const given = { ...file?.fields, ...fields };
  const request = parseRequest(
    await askedForAt(placeOf('model'), () => withUnit(given)),
    (field) => placeOf(field) ?? flagOf(field),
  );
  const load: typeof loadDataset = (name, options) =>
    askedForAt(placeOf('dataset'), () => loadDataset(name, options));
  return prepareRun(request, out ?? defaultFolder(request), load);
}

async function goOn(folder: string, fields: Record<string, unknown>, config?: string, out?: string) {
  const { epochs, patience, ...others } = fields;
  const [other] = Object.keys({ ...others, ...(config && { config }), ...(out && { out }) });
  if (other !== undefined)
    throw new Misuse(
      `${flagOf(other)} does not go with --resume: the run's options are in ${join(folder, 'config.json')}`,
    );
  const { parseStoppingRule } = await import('../training/request-file.js');
  const { prepareResume } = await import('../training/run.js');
  return prepareResume(folder, undefined, undefined, parseStoppingRule({ epochs, patience }, flagOf));
}

/** runs/DATE-DATASET-MODEL-SEED, the date to the second so that no two runs meet. */
function defaultFolder({ dataset, model, equations, seed }: TrainingRequest): string {
  const date = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  return join('runs', `${date}-${shortName(dataset)}-${equations?.name ?? model}-${seed}`);
}
