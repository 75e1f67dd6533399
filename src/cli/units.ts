import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Command, Option } from 'commander';
import type { Comparison } from '../kernels/check-unit.js';
import type { Unit } from '../model/graph/define-unit.js';
import { Failure, Misuse } from '../platform/failure.js';
import { countOf } from '../platform/format-number.js';
import { heading, styled } from './colour.js';
import { examples } from './examples.js';
import { wholeNumber } from './flags.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench units
  gru-bench units list --parameters 20k --json
  gru-bench units show gru
  gru-bench units show lstm --svg > lstm.svg
  gru-bench units new my-unit.mjs
  gru-bench units check my-unit.mjs
  gru-bench train --model ./my-unit.mjs --dataset demo-music

docs/units.md explains every unit, and how to write one.`;

/** `gru-bench units`: the recurrent units, and own ones. */
export function unitsCommand(): Command {
  return new Command('units')
    .description('List the recurrent units, show or draw one, begin or check an own one')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(newCommand())
    .addCommand(checkCommand())
    .addHelpText('after', EXAMPLES);
}

interface SizeFlags {
  readonly hidden?: number;
  readonly parameters?: string;
  readonly inputs: number;
}

/** The options that say at what size parameters are counted. */
function addSizeOptions(command: Command): Command {
  return command
    .option(
      '--parameters <n>',
      "about so many recurrent parameters, such as 20k (default: Table 1's of music)",
    )
    .option('--hidden <n>', 'so many hidden units', wholeNumber('--hidden', 1, 4096))
    .addOption(
      new Option('--inputs <n>', 'entries of an input frame')
        .argParser(wholeNumber('--inputs', 1, 16384))
        .default(88, '88, the keys of a piano'),
    );
}

interface Sized {
  readonly hidden: number;
  readonly recurrentParameters: number;
}

/** How large a unit is, by the flags. */
async function sizer({ hidden, parameters, inputs }: SizeFlags): Promise<(unit: Unit) => Sized> {
  if (hidden !== undefined && parameters !== undefined)
    throw new Misuse('--hidden and --parameters say the same: give one of them');
  const { hiddenSizeFor, recurrentParameters } = await import('../model/graph/parameters.js');
  const { paperSpec } = await import('../model/spec.js');
  const { parametersSchema } = await import('../training/request.js');
  const parsed = parametersSchema.optional().safeParse(parameters);
  if (!parsed.success) throw new Misuse(`--parameters ${parameters}: ${parsed.error.issues[0].message}`);
  const sizeOf = (unit: Unit) => {
    if (hidden !== undefined) return hidden;
    if (parsed.data !== undefined) return hiddenSizeFor(unit, inputs, parsed.data);
    return paperSpec('music', unit).hiddenSize;
  };
  return (unit) => ({
    hidden: sizeOf(unit),
    recurrentParameters: recurrentParameters(unit, inputs, sizeOf(unit)),
  });
}

function listCommand(): Command {
  return addSizeOptions(new Command('list'))
    .description('List the units, each with its recurrent parameters at a given size')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'gru-bench units list',
        'gru-bench units list --parameters 20k',
        'gru-bench units list --hidden 36 --inputs 20 --json',
      ),
    )
    .action(async ({ json, ...flags }: SizeFlags & { json?: boolean }) => {
      const { UNITS } = await import('../model/units/registry.js');
      const size = await sizer(flags);
      const rows = UNITS.map((unit) => ({
        name: unit.name,
        title: unit.title,
        source: unit.source,
        ...size(unit),
        states: unit.states.map(({ name }) => name),
        gates: unit.gates.length,
      }));
      if (json) return void process.stdout.write(`${JSON.stringify(rows)}\n`);
      const titles = ['unit', 'hidden', 'parameters', 'gates', 'states'];
      const table = formatTable([
        titles.map((title) => heading(title)),
        ...rows.map((row) => [
          row.name,
          countOf(row.hidden),
          countOf(row.recurrentParameters),
          String(row.gates),
          row.states.join(', '),
        ]),
      ]);
      const [head, ...body] = table;
      print([
        `${head}  ${heading('')}`,
        ...body.map((line, i) => `${line}  ${rows[i].title}: ${rows[i].source}`),
        '',
        `parameters: of the recurrent layer, for ${flags.inputs} inputs. \`gru-bench units show NAME\` prints the equations.`,
      ]);
    });
}

function showCommand(): Command {
  return addSizeOptions(new Command('show'))
    .description("Print a unit's equations, its parameters and the C++ that is generated from it")
    .argument('<unit|file>', 'a name of `gru-bench units`, or the file of an own unit')
    .option('--svg', 'print a drawing of it instead')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'gru-bench units show gru',
        'gru-bench units show lstm --hidden 36 --json',
        'gru-bench units show ./my-unit.mjs --svg > my-unit.svg',
      ),
    )
    .action(async (text: string, { svg, json, ...flags }: SizeFlags & { svg?: boolean; json?: boolean }) => {
      const { unitOfText } = await import('../model/own-unit.js');
      const unit = await unitOfText(text);
      if (svg) return drawUnit(unit);
      const size = await sizer(flags);
      const { unitParameters } = await import('../model/graph/parameters.js');
      const { unitData } = await import('../model/graph/unit-data.js');
      const sized = size(unit);
      const parameters = unitParameters(unit, flags.inputs, sized.hidden);
      const cpp = await sourceOf(unit);
      const { name, title, source, hash, equations } = unitData(unit);
      if (json) {
        const all = { name, title, source, hash, equations, ...sized, parameters, cpp };
        return void process.stdout.write(`${JSON.stringify(all)}\n`);
      }
      print([
        heading(source ? `${title} (${name}): ${source}` : `${title} (${name})`),
        '',
        ...equations.map((line) => `  ${line}`),
        '',
        `x: the input frame; h₋: h of the step before; σ(x) = 1/(1 + e^−x); ⊙: entry by entry`,
        '',
        heading(
          `${countOf(sized.recurrentParameters)} parameters at ${sized.hidden} hidden units and ${flags.inputs} inputs`,
        ),
        ...formatTable(
          parameters.map(({ name: parameter, shape, start, role }) => [
            `  ${parameter}`,
            `[${shape.join(', ')}]`,
            role === 'W' || role === 'U' ? 'random' : `starts at ${start}`,
          ]),
        ),
        '',
        heading('C++, as the kernels have it'),
        ...cpp.trimEnd().split('\n'),
      ]);
    });
}

async function drawUnit(unit: Unit): Promise<void> {
  const { unitFigure } = await import('../drawing/unit-figure.js');
  process.stdout.write(`${await unitFigure(unit)}\n`);
}

/** The header of a unit that is built in as it lies with the kernels; that of another as it would be compiled. */
async function sourceOf(unit: Unit): Promise<string> {
  const { headerName, indented, unitHeader } = await import('../kernels/generate/header.js');
  const { NATIVE_SOURCES } = await import('../kernels/native-sources.js');
  const { UNITS } = await import('../model/units/registry.js');
  const file = join(NATIVE_SOURCES, 'units', headerName(unit));
  const isBuiltIn = UNITS.includes(unit) && existsSync(file);
  return isBuiltIn ? readFileSync(file, 'utf8') : indented(unitHeader(unit, 'gru-bench'));
}

/** Whether Node runs a file of TypeScript as it is. */
const stripsTypes = Boolean((process.features as { typescript?: string | false }).typescript);

function newCommand(): Command {
  return new Command('new')
    .description('Write a commented file to begin an own unit with')
    .argument('<file>', 'such as my-unit.mjs')
    .addHelpText(
      'after',
      examples('gru-bench units new my-unit.mjs', 'gru-bench units new units/lean-lstm.mjs'),
    )
    .action(async (file: string) => {
      if (!/\.(mjs|js|mts|ts)$/.test(file))
        throw new Misuse(
          `${file}: the file of a unit ends in .mjs, such as ${basename(file, extname(file))}.mjs`,
        );
      if (/ts$/.test(file) && !stripsTypes)
        throw new Misuse(
          `${file}: Node ${process.versions.node} does not read TypeScript; take ${basename(file, extname(file))}.mjs`,
        );
      if (existsSync(file)) throw new Misuse(`${file} is there already; choose another name`);
      const { newUnitText } = await import('./new-unit.js');
      const { writeWholeFile } = await import('../platform/whole-file.js');
      writeWholeFile(file, newUnitText(basename(file)));
      const path = /[/\\]/.test(file) ? file : `./${file}`;
      print([
        `${file} holds a unit to begin with. Then:`,
        `  gru-bench units check ${path}`,
        `  gru-bench train --model ${path} --dataset demo-music`,
      ]);
    });
}

function checkCommand(): Command {
  return new Command('check')
    .description(
      "Hold a unit's NLL and gradient by fused kernels to those of TensorFlow.js, and to central differences",
    )
    .argument('<unit|file>', 'the file of an own unit, or a name of `gru-bench units`')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('gru-bench units check ./my-unit.mjs', 'gru-bench units check gru --json'))
    .action(async (text: string, { json }: { json?: boolean }) => {
      const { unitOfText } = await import('../model/own-unit.js');
      const { checkUnit } = await import('../kernels/check-unit.js');
      const unit = await unitOfText(text);
      const { comparisons, withoutFused } = await checkUnit(unit);
      if (json) process.stdout.write(`${JSON.stringify({ unit: unit.name, comparisons, withoutFused })}\n`);
      else print(report(unit, comparisons, withoutFused));
      const failed = comparisons.filter(({ holds }) => !holds);
      if (failed.length > 0) throw new Failure(`${unit.name}: ${whatFailed(failed)}`);
    });
}

function whatFailed([first, ...others]: readonly Comparison[]): string {
  const { what, one, other, difference } = first;
  if (!Number.isFinite(difference))
    return `${what} is not finite by ${one} or by ${other}: the equations overflow, or divide by 0`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `${what} is not the same by ${one} and ${other}${more}`;
}

function report(unit: Unit, comparisons: readonly Comparison[], withoutFused?: string): string[] {
  const pairs = [...new Set(comparisons.map(({ one, other }) => `${one} beside ${other}`))];
  return [
    heading(`${unit.name}: largest difference, as a share of the largest value`),
    ...formatTable([
      ...pairs.flatMap((pair) => {
        const own = comparisons.filter(({ one, other }) => `${one} beside ${other}` === pair);
        if (own.every(({ difference }) => difference === 0))
          return [[`${pair}: ${styled('green', 'the same bits')}`]];
        return [[pair], ...own.map(comparisonRow)];
      }),
    ]),
    ...(withoutFused === undefined ? [] : [`Not held: ${withoutFused}`]),
  ];
}

function comparisonRow({ what, difference, tolerance, holds }: Comparison): string[] {
  if (!Number.isFinite(difference)) return [`  ${what}`, '-', styled('red', 'not finite')];
  return [
    `  ${what}`,
    difference === 0 ? '0' : difference.toExponential(1),
    holds ? styled('green', 'holds') : styled('red', `more than ${tolerance}`),
  ];
}
