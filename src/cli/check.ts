import { Command, Option } from 'commander';
import junit, { type Builder } from 'junit-report-builder';
import { KERNEL_CHOICES, type KernelChoice } from '../kernels/choice.js';
import { Failure } from '../platform/failure.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { type CheckedCell, type Comparison, checkResults } from '../report/check.js';
import { heading, styled } from './colour.js';
import { parseNumber } from './flags.js';
import { formatTable, print } from './text.js';
import type { Output } from './training-display.js';

const EXAMPLES = `
Examples:
  gru-bench check
  gru-bench check results/paper --strict --junit check.xml
  gru-bench check results/quick --json

Best parameters are evaluated again and have to give the reported NLLs to 1e-5. A short run is trained again: on fused
kernels it has to give the same digits, across kernels the same NLLs to 1e-3. On other kernels than the results', what
hangs on the last bit (a chaotic network) is not checked. Exit code 1: a number does not hold.`;

interface Flags extends Output {
  readonly strict?: boolean;
  readonly junit?: string;
  readonly kernels: KernelChoice;
  readonly threads: number;
}

/** `gru-bench check`: hold reported results, as in CI. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Hold the numbers of an experiment: evaluate its best parameters again, repeat short training runs',
    )
    .argument('[folder]', 'folder of an experiment', 'results/paper')
    .option('--strict', 'fail where something could not be checked, such as for lack of its data')
    .option('--junit <file>', 'write a JUnit XML report')
    .addOption(
      new Option('--kernels <kind>', 'how the NLL is computed').choices(KERNEL_CHOICES).default('auto'),
    )
    .option('--threads <n>', 'threads of kernels and backend', parseNumber, 1)
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(check);
}

async function check(folder: string, { strict, junit: file, json, quiet, ...options }: Flags): Promise<void> {
  const tell = (cell: CheckedCell) => {
    if (!quiet && !json)
      print([`${titleOf(cell)}: ${colouredVerdict(cell, process.stderr)}`], process.stderr);
  };
  const cells = await checkResults(folder, options, tell);
  if (file !== undefined) writeJunit(file, cells);
  if (json) process.stdout.write(`${JSON.stringify({ folder, cells })}\n`);
  else if (!quiet) print(table(cells));
  const broken = cells.filter(({ comparisons }) => comparisons.some(({ holds }) => !holds));
  const unchecked = cells.filter((cell) => cell.unchecked !== undefined);
  if (broken.length > 0) throw new Failure(`${folder} does not hold: ${broken.map(offence).join('; ')}`);
  if (strict && unchecked.length > 0)
    throw new Failure(
      `--strict: not checked: ${unchecked.map((cell) => `${titleOf(cell)} (${cell.unchecked})`).join('; ')}`,
    );
}

const titleOf = ({ dataset, unit, check: name }: CheckedCell) => `${dataset} ${unit}, ${name}`;

function verdictOf({ comparisons, unchecked }: CheckedCell): string {
  if (unchecked !== undefined) return `not checked: ${unchecked}`;
  return comparisons.every(({ holds }) => holds) ? 'holds' : 'DOES NOT HOLD';
}

function colouredVerdict(cell: CheckedCell, stream: NodeJS.WriteStream = process.stdout): string {
  const verdict = verdictOf(cell);
  if (cell.unchecked !== undefined) return styled('yellow', verdict, stream);
  return styled(verdict === 'holds' ? 'green' : 'red', verdict, stream);
}

const differenceOf = ({ reported, found }: Comparison) => Math.abs(found - reported);

/** The comparison that is furthest off. */
function worst({ comparisons }: CheckedCell): Comparison {
  return comparisons.reduce((a, b) =>
    differenceOf(b) > differenceOf(a) || Number.isNaN(differenceOf(b)) ? b : a,
  );
}

function offence(cell: CheckedCell): string {
  const { average, reported, found } = worst(cell);
  return `${titleOf(cell)}: ${average} is ${found} instead of ${reported}`;
}

function table(cells: readonly CheckedCell[]): string[] {
  const rows = cells.map((cell) => {
    const { dataset, unit, check: name, unchecked } = cell;
    if (unchecked !== undefined)
      return [dataset, unit, name, '-', '-', '-', '-', styled('yellow', 'not checked')];
    const { average, reported, found, tolerance } = worst(cell);
    const difference = differenceOf({ reported, found } as Comparison);
    return [
      dataset,
      unit,
      name,
      average,
      reported.toFixed(6),
      difference.toExponential(1),
      tolerance === 0 ? 'same digits' : tolerance.toExponential(0),
      colouredVerdict(cell),
    ];
  });
  const held = cells.filter((cell) => verdictOf(cell) === 'holds').length;
  const header = ['data set', 'unit', 'check', 'furthest off', 'reported', 'difference', 'allowed', ''];
  return [
    ...formatTable([header.map((title) => heading(title)), ...rows]),
    '',
    `${held} of ${cells.length} checks hold, six averages each; ${cells.filter((c) => c.unchecked !== undefined).length} could not be made.`,
  ];
}

function writeJunit(file: string, cells: readonly CheckedCell[]): void {
  // Its types name the module where Node hands out the default export.
  const builder = (junit as unknown as Builder).newBuilder();
  const suite = builder.testSuite().name('gru-bench check');
  for (const cell of cells) {
    const test = suite.testCase().className(`${cell.dataset}.${cell.unit}`).name(cell.check);
    if (cell.unchecked !== undefined) test.standardOutput(cell.unchecked).skipped();
    for (const { average, reported, found, holds } of cell.comparisons)
      if (!holds) test.failure(`${average} is ${found} instead of ${reported}`);
  }
  writeWholeFile(file, builder.build());
}
