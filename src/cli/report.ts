import { basename, relative, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { isBelow } from '../platform/folders.js';
import type { Report } from '../report/report.js';
import type { TextTable } from '../report/sections.js';
import { heading } from './colour.js';
import type { Output } from './flags.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench report results/paper
  gru-bench report results/quick --json

Writes results.csv, table2.csv, report.md, report.html, figures/*.svg and checksums.sha256 into the folder.`;

interface Flags extends Output {
  readonly reevaluate: boolean;
}

/** `gru-bench report`: what an experiment found, beside the paper. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      "Table 2 and Figures 2 and 3 of an experiment beside the paper's: terminal, CSV, Markdown, HTML, SVG",
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

async function asJson({ findings, notReevaluated }: Report) {
  const { averagingRule, claims } = await import('../report/claims.js');
  const { reevaluationText } = await import('../report/sections.js');
  const { table2 } = await import('../report/summary.js');
  return {
    folder: findings.folder,
    table2: table2(findings),
    claims: claims(findings),
    averagingRule: averagingRule(findings),
    reevaluation: { summary: reevaluationText(findings), missing: notReevaluated },
  };
}

async function asText({ findings, publication, notReevaluated }: Report, folder: string): Promise<string[]> {
  const { publishedFiles } = await import('../experiment/published.js');
  const { reevaluationText, secondsText, table2Notes, table2Text } = await import('../report/sections.js');
  const { page, markdown, table } = publishedFiles(folder);
  return [
    ...(publication === 'earlier results stay'
      ? ['These are earlier results: not all of their cells are finished again in the trials here.', '']
      : []),
    ...textTable(table2Text(findings)),
    ...table2Notes(findings),
    '',
    ...textTable(secondsText(findings)),
    ...(await againstThePaper(findings)),
    reevaluationText(findings),
    ...notReevaluated.map((line) => `Not computed again: ${line}`),
    '',
    `Written: ${[page, markdown, table].join(', ')} and figures/*.svg`,
  ];
}

async function againstThePaper(findings: Report['findings']): Promise<string[]> {
  const { averagingRule, claims } = await import('../report/claims.js');
  const found = claims(findings);
  if (found.length === 0) return [];
  const lines = found.flatMap(({ claim, verdict, evidence }) => [`- ${verdict}: ${claim}`, `  ${evidence}`]);
  return [heading('Against the paper'), ...lines, '', averagingRule(findings), ''];
}

/** The lowest of a row is marked by a star. */
function textTable({ title, header, rows }: TextTable): string[] {
  const cells = rows.map((row) => row.map(({ text, isBest }) => (isBest ? heading(`*${text}`) : text)));
  return [heading(title), ...formatTable([header.map((name) => heading(name)), ...cells]), ''];
}
