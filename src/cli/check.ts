import { Command, Option } from 'commander';
import { KERNEL_CHOICES, type KernelChoice } from '../kernels/kernel-names.js';
import { Failure } from '../platform/failure.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { checkVerdictOf, type Held, titleOf } from '../report/check/held.js';
import { offences, unmade } from '../report/check/offences.js';
import { colouredVerdict } from './colour.js';
import { type Output, parseThreads } from './flags.js';
import { print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench check
  gru-bench check results/paper --strict --junit check.xml
  gru-bench check results/paper --files
  gru-bench check results/quick --json

The files are held against each other: rows to the plan and the curves, table, pages and figures to those that they
give, every file to its checksum. Saved parameters are evaluated again and have to give the reported NLLs to 1e-5. A
short run is trained again: on fused kernels it has to give the same digits, across kernels the same NLLs to 1e-3. On
other kernels than the results', what hangs on the last bit (a chaotic network) is not checked, and neither is what needs
data that are not here; everything else that fails does not hold. Exit code 1: something does not hold.`;

interface Flags extends Output {
  readonly strict?: boolean;
  readonly files?: boolean;
  readonly junit?: string;
  readonly kernels: KernelChoice;
  readonly threads: number;
}

/** `gru-bench check`: hold reported results, as in CI. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Hold the numbers of an experiment: files against each other, parameters evaluated and short runs trained again',
    )
    .argument('[folder]', 'folder of an experiment', 'results/paper')
    .option('--strict', 'fail where something could not be checked, such as for lack of its data')
    .option('--files', 'hold the files against each other, and no models: seconds, and no data needed')
    .option('--junit <file>', 'write a JUnit XML report')
    .addOption(
      new Option('--kernels <kind>', 'how the NLL is computed').choices(KERNEL_CHOICES).default('auto'),
    )
    .option('--threads <n>', 'threads of kernels and backend', parseThreads, 1)
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(check);
}

async function check(
  folder: string,
  { strict, files, junit, json, quiet, ...options }: Flags,
): Promise<void> {
  const tell = (held: Held) => {
    if (!quiet && !json) print([lineOf(held)], process.stderr);
  };
  const [{ checkFiles }, { checkResults }, { checkText, junitOf }] = await Promise.all([
    import('../report/check/files.js'),
    import('../report/check/check.js'),
    import('./check-report.js'),
  ]);
  const all = files ? await checkFiles(folder, tell) : await checkResults(folder, options, tell);
  const failure = failureOf(folder, all, strict ?? false);
  // Decided before anything is written: nobody may be reading.
  if (failure) process.exitCode = failure.exitCode;
  if (junit !== undefined) writeWholeFile(junit, junitOf(all));
  if (json) process.stdout.write(`${JSON.stringify({ folder, checks: all.map(asJson) })}\n`);
  else if (!quiet) print(checkText(all));
  if (failure) throw failure;
}

function lineOf(held: Held): string {
  const why = held.unchecked === undefined || held.faults.length > 0 ? '' : `: ${held.unchecked}`;
  return `${titleOf(held)}: ${colouredVerdict(checkVerdictOf(held), process.stderr)}${why}`;
}

const asJson = (held: Held) => ({ ...held, verdict: checkVerdictOf(held) });

function failureOf(folder: string, all: readonly Held[], strict: boolean): Failure | undefined {
  const wrong = offences(all);
  if (wrong !== '') return new Failure(`${folder} does not hold: ${wrong}`);
  const open = unmade(all);
  return strict && open !== '' ? new Failure(`--strict: not checked: ${open}`) : undefined;
}
