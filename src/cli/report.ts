import { basename, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { isBelow } from '../platform/folders.js';
import type { Report } from '../report/report.js';
import type { Item, Section, SectionId } from '../report/sections/section.js';
import type { TextTable } from '../report/text-table.js';
import { heading } from './colour.js';
import type { Output } from './flags.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench report results/paper
  gru-bench report results/quick --json

Writes results.csv, comparisons.csv, table2.csv, sequence-nll.csv, report.md, report.html, figures/*.svg and
checksums.sha256 into the folder. docs/report.schema.json says what --json prints.`;

interface Flags extends Output {
  readonly reevaluate: boolean;
}

/** `gru-bench report`: which unit is better, and what else an experiment found. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      "Which unit is better, and the paper's tables and figures beside an experiment's: terminal, CSV, Markdown, HTML, SVG",
    )
    .argument('[folder]', 'folder of an experiment', 'results/paper')
    .option('--no-reevaluate', 'do not compute test NLLs a second time by the composed kernels')
    .option('--json', 'print JSON')
    .option('--quiet', 'print nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action(report);
}

async function report(folder: string, { reevaluate, json, quiet }: Flags): Promise<void> {
  const tell = (line: string) => {
    if (!quiet && !json) print([line], process.stderr);
  };
  const { makeReport } = await import('../report/report.js');
  const made = await makeReport(
    folder,
    { reevaluate, command: `gru-bench report ${shownName(folder)}` },
    { onModel: (done, all, what) => tell(`computing again (${done + 1} of ${all}): ${what}`) },
  );
  if (quiet) return;
  if (json) process.stdout.write(`${JSON.stringify(await asJson(made))}\n`);
  else print(await asText(made, folder));
}

/** How a report names its folder: others read it too, so that it tells no place of this machine. */
function shownName(folder: string): string {
  const [path, here] = [resolve(folder), process.cwd()];
  return isBelow(path, here) ? relative(here, path).split(sep).join('/') : basename(path);
}

async function asJson(report: Report) {
  const { reportJson } = await import('../report/json.js');
  return reportJson(report);
}

async function asText(report: Report, folder: string): Promise<string[]> {
  const { findings, publication, notReevaluated, notEvaluated, withoutRealPiece, changed } = report;
  const { publishedFiles } = await import('../experiment/published.js');
  const { reportSections } = await import('../report/sections/all.js');
  const { titleOf } = await import('../report/title.js');
  const { page, markdown, comparisons, table } = publishedFiles(folder);
  return [
    ...(publication === 'earlier results stay'
      ? ['These are earlier results: not all of their cells are finished again in the trials here.', '']
      : []),
    heading(titleOf(findings)),
    ...reportSections(findings)
      .filter(({ id }) => !IN_FILES.includes(id))
      .flatMap(sectionLines),
    ...changed.map((file) => `Made of ${file} as it is now, which is not as it was written`),
    ...notReevaluated.map((line) => `Not computed again: ${line}`),
    ...notEvaluated.map((line) => `Test sequences not evaluated: ${line}`),
    ...(withoutRealPiece.length > 0
      ? [
          `The data are not here, so that the page has no piece of the test set beside the drawn one: ${withoutRealPiece.join(', ')}`,
        ]
      : []),
    `Written: ${[page, markdown, comparisons, table].join(', ')} and figures/*.svg`,
  ];
}

/** Sections that the files alone have. */
const IN_FILES: readonly SectionId[] = ['curves', 'how'];

/** A section without its heading where it begins with a table that has one, and an empty line at its end. */
function sectionLines({ id, title, parts }: Section): string[] {
  const lines = parts.flatMap((part): string[] => {
    if (part.kind === 'notes') return [...(part.onTerminal ?? part.paragraphs), ''];
    if (part.kind === 'items') return [...itemLines(id, part.items), ''];
    const table = part.onTerminal ?? part.table;
    return table === 'nothing' ? [] : textTable(table);
  });
  const hasHeading = id !== 'verdict' && parts[0].kind !== 'table';
  return hasHeading ? [heading(title), ...lines] : lines;
}

/** The answer as a table of two columns, anything else as a list. */
function itemLines(id: SectionId, items: readonly Item[]): string[] {
  if (id === 'verdict') return formatTable(items.map(({ lead, text }) => [heading(lead), text]));
  return items.flatMap(({ lead, text, more }) => [
    `- ${lead}: ${text}`,
    ...(more === undefined ? [] : [`  ${more}`]),
  ]);
}

/** The lowest of a row, or the better unit, is marked by a star. */
function textTable({ title, header, rows }: TextTable): string[] {
  const cells = rows.map((row) => row.map(({ text, isBest }) => (isBest ? heading(`*${text}`) : text)));
  return [heading(title), ...formatTable([header.map((name) => heading(name)), ...cells]), ''];
}
