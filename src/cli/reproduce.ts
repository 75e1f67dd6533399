import { cpus } from 'node:os';
import { basename, extname, join } from 'node:path';
import { Command, Option } from 'commander';
import { experimentFile, PACKAGED_IN_WORDS } from '../experiment/packaged.js';
import type { Experiment, ReproduceOutcome } from '../experiment/reproduce.js';
import { Failure, Misuse } from '../platform/failure.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { type Output, wholeNumber } from './flags.js';
import { listenForStop } from './stop.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench reproduce quick
  gru-bench reproduce paper --only music --dry-run
  gru-bench reproduce paper --only nottingham gru lstm --jobs 2
  gru-bench reproduce my-experiment.yaml --out results/mine
  gru-bench reproduce my-experiment.yaml --add-seeds 5
  gru-bench reproduce my-experiment.yaml --executor slurm --detach

It can be stopped (Ctrl-C) or killed at any moment; the same command goes on where it was, to the same numbers.
More seeds, draws, epochs, units or data sets in the file train only what is new; --dry-run says what that is.
Then: gru-bench report results/NAME`;

interface Flags extends Output {
  readonly only?: string[];
  readonly jobs: number;
  readonly addSeeds?: number;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly executor: 'local' | 'slurm';
  readonly detach?: boolean;
}

/** `gru-bench reproduce`: a whole experiment. */
export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description(
      'Run an experiment: search the learning rate of each unit on each data set, then run the best',
    )
    .argument('[config]', `experiment file; ${PACKAGED_IN_WORDS} come with gru-bench`, 'paper')
    .option('--only <name...>', 'only these: music, speech, data sets, units')
    .addOption(
      new Option('--jobs <n>', 'processes, one core each')
        .argParser(wholeNumber('--jobs', 1, 1024))
        .default(cpus().length, `all cores, ${cpus().length} here`),
    )
    .option(
      '--add-seeds <n>',
      'so many seeds more than the file says, for every data set',
      wholeNumber('--add-seeds', 0, 1000),
    )
    .option('--out <folder>', 'where results go (default: results/NAME of the config)')
    .option('--dry-run', 'list the trials and, after a short measurement, the time they will take')
    .addOption(
      new Option('--executor <name>', 'where trials run: processes here, or job arrays of a Slurm cluster')
        .choices(['local', 'slurm'])
        .default('local'),
    )
    .option('--detach', 'slurm: submit what is open and return; the same command later goes on')
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(reproduce);
}

async function reproduce(
  config: string,
  { only, jobs, addSeeds, out, dryRun, executor, detach, json, quiet }: Flags,
): Promise<void> {
  if (detach && executor !== 'slurm') throw new Misuse('--detach goes with --executor slurm');
  const { experiment, slurm, notes } = await openAsAsked(config, { only, addSeeds, out, dryRun });
  if (!quiet && !json) print(notes, process.stderr);
  if (dryRun) {
    const { showPlan } = await import('./reproduce-plan.js');
    return showPlan(experiment, jobs, { json, quiet });
  }
  const { localPool } = await import('../experiment/pool.js');
  const { publish } = await import('../experiment/publish.js');
  const { trialsFolder } = await import('../experiment/records.js');
  const { runExperiment } = await import('../experiment/reproduce.js');
  const { slurmArrays } = await import('../experiment/slurm.js');
  const { reproduceDisplay } = await import('./reproduce-display.js');
  const { folder } = experiment;
  const trials = trialsFolder(folder);
  const execute =
    executor === 'slurm'
      ? slurmArrays(trials, { settings: slurm, detach: detach ?? false })
      : localPool(trials, jobs);
  const where = executor === 'slurm' ? 'as jobs of Slurm' : `${jobs} at a time`;
  const stop = listenForStop();
  const display = reproduceDisplay(experiment, where, { json, quiet });
  try {
    const outcome = await runExperiment(experiment, execute, { ...display, stopRequested: stop.requested });
    display.onEnd(outcome, await publish(folder));
    if (outcome.failures.length > 0) throw new Failure(failureLine(outcome.failures));
  } finally {
    display.close();
    stop.close();
  }
  process.exitCode = stop.exitCode();
}

/**
 * The experiment of a file with the chosen cells, and what is to be said before it runs: which data set a name is taken
 * for, and own units whose kernels are slow.
 */
async function openAsAsked(
  config: string,
  { only = [], addSeeds = 0, out, dryRun }: Pick<Flags, 'only' | 'addSeeds' | 'out' | 'dryRun'>,
) {
  const { MOST_SEEDS } = await import('../experiment/config.js');
  const { readExperiment } = await import('../experiment/read-config.js');
  const { openExperiment } = await import('../experiment/reproduce.js');
  const folder = out ?? join('results', basename(config, extname(config)));
  const { shadowedBeside } = await import('../data/catalogue.js');
  const file = experimentFile(config);
  const { plans: written, slurm, placeOf } = await readExperiment(file);
  const plans = written.map((plan) => ({ ...plan, seeds: plan.seeds + addSeeds }));
  const most = plans.find(({ seeds }) => seeds > MOST_SEEDS);
  if (most)
    throw new Misuse(
      `--add-seeds ${addSeeds}: ${most.name} would have ${most.seeds}, more than ${MOST_SEEDS}`,
    );
  const experiment = choose(
    await openExperiment(plans, folder, dryRun, placeOf),
    await Promise.all(only.map(nameOfCell)),
  );
  const { compileOwnUnits } = await import('../experiment/own-units.js');
  const slow = await compileOwnUnits(experiment);
  const shadowed = experiment.cells.flatMap(({ plan: { name, dataset } }) => {
    const text = shadowedBeside(dataset, file);
    return text === undefined ? [] : [`${name}: ${text}`];
  });
  return { experiment, slurm, notes: [...new Set(shadowed), ...slow] };
}

function failureLine(failures: ReproduceOutcome['failures']): string {
  const [{ trial, message }] = failures;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  return `${trial.path}: ${message}${more}; the same command tries again`;
}

/** What `--only` names a cell by: of the file of an own unit, its name. */
async function nameOfCell(text: string): Promise<string> {
  const { isUnitFile, readUnitFile } = await import('../model/own-unit.js');
  return isUnitFile(text) ? (await readUnitFile(text)).name : text;
}

/** The cells that `--only` names: data sets by name or kind, and units. */
function choose(experiment: Experiment, only: readonly string[]): Experiment {
  const { cells } = experiment;
  const isUnit = (name: string) => cells.some(({ unit }) => unit === name);
  const namesOf = ({ plan, data, unit }: Experiment['cells'][number]) => [plan.name, data.kind, unit];
  const known = [...new Set(['music', 'speech', ...cells.flatMap(namesOf)])];
  for (const name of only) {
    if (cells.some((cell) => namesOf(cell).includes(name))) continue;
    throw new Misuse(`--only ${name}: ${adviceOnName(name, known)}`);
  }
  const units = only.filter(isUnit);
  const datasets = only.filter((name) => !isUnit(name));
  const isChosen = (cell: Experiment['cells'][number]) =>
    (units.length === 0 || units.includes(cell.unit)) &&
    (datasets.length === 0 || datasets.some((name) => name === cell.plan.name || name === cell.data.kind));
  return { ...experiment, cells: cells.filter(isChosen) };
}
