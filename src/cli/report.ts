import { basename, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { isBelow } from '../platform/folders.js';
import type { Report } from '../report/report.js';
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
  const { findings, publication, notReevaluated, notEvaluated, withoutRealPiece } = report;
  const { publishedFiles } = await import('../experiment/published.js');
  const { reevaluationText, secondsText, table2Notes, table2Texts } = await import('../report/sections.js');
  const { figure2Account, figure2Text } = await import('../report/figure-2-text.js');
  const { page, markdown, comparisons, table } = publishedFiles(folder);
  const figure2 = figure2Text(findings);
  return [
    ...(publication === 'earlier results stay'
      ? ['These are earlier results: not all of their cells are finished again in the trials here.', '']
      : []),
    ...(await verdictLinesOf(findings)),
    ...table2Texts(findings, 'per frame').flatMap(textTable),
    ...table2Texts(findings, 'per sequence').flatMap(textTable),
    ...table2Notes(findings),
    '',
    ...textTable(secondsText(findings)),
    ...(figure2 ? [...textTable(figure2), ...figure2Account(findings), ''] : []),
    ...(await againstThePaper(findings)),
    reevaluationText(findings),
    ...notReevaluated.map((line) => `Not computed again: ${line}`),
    ...notEvaluated.map((line) => `Test sequences not evaluated: ${line}`),
    ...(withoutRealPiece.length > 0
      ? [
          `The data are not here, so that the page has no piece of the test set beside the drawn one: ${withoutRealPiece.join(', ')}`,
        ]
      : []),
    '',
    `Written: ${[page, markdown, comparisons, table].join(', ')} and figures/*.svg`,
  ];
}

/** The answer, and what stands behind it. */
async function verdictLinesOf(findings: Report['findings']): Promise<string[]> {
  const tables = await import('../report/verdict/tables.js');
  const { titleOf } = await import('../report/title.js');
  const overview = tables.overviewText(findings, 'per frame');
  const shown = overview ?? tables.narrowComparisons(findings, 'per frame');
  const all = tables.comparisonsText(findings, 'per frame').rows.length;
  const warnings = tables.warningLines(findings);
  const standings = tables.standingsText(findings, 'per frame');
  const differences = tables.meanDifferencesText(findings, 'per frame');
  return [
    heading(titleOf(findings)),
    ...formatTable(
      tables.verdictLines(findings).map(({ dataset, sentence }) => [heading(dataset), sentence]),
    ),
    '',
    ...(all > 0
      ? [...textTable(shown), ...(overview ? [tables.overviewNote] : []), ...tables.comparisonNotes()]
      : []),
    ...(shown.rows.length < all ? [`All ${all} differences are in comparisons.csv.`] : []),
    ...(all > 0 ? [''] : []),
    ...(standings ? textTable(standings) : []),
    ...(differences && tables.isReadable(differences.rows) ? textTable(differences) : []),
    ...(standings ? [tables.overNote, ''] : []),
    ...(warnings.length > 0
      ? [
          heading('What weakens these numbers'),
          ...warnings.map(({ datasets, line }) => `- ${datasets.join(', ')}: ${line}`),
          '',
        ]
      : []),
  ];
}

async function againstThePaper(findings: Report['findings']): Promise<string[]> {
  const { averagingRule } = await import('../report/averaging.js');
  const { claims } = await import('../report/claims.js');
  const found = claims(findings);
  if (found.length === 0) return [];
  const lines = found.flatMap(({ claim, verdict, evidence }) => [`- ${verdict}: ${claim}`, `  ${evidence}`]);
  return [heading('Against the paper'), ...lines, '', averagingRule(findings), ''];
}

/** The lowest of a row, or the better unit, is marked by a star. */
function textTable({ title, header, rows }: TextTable): string[] {
  const cells = rows.map((row) => row.map(({ text, isBest }) => (isBest ? heading(`*${text}`) : text)));
  return [heading(title), ...formatTable([header.map((name) => heading(name)), ...cells]), ''];
}
