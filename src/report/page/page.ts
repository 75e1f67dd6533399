import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import { escapeMarkup, jsonInScript } from '../../platform/escape-markup.js';
import { PACKAGE_ROOT } from '../../platform/folders.js';
import { pageStyle } from '../../platform/page-style.js';
import { writeWholeFile } from '../../platform/whole-file.js';
import { type Appearance, appearances } from '../appearance.js';
import { averagingRule } from '../averaging.js';
import { claims } from '../claims.js';
import { figure2Account, figure2Text, tableFromFigureText } from '../figure-2-text.js';
import { type Findings, unitsOf } from '../findings.js';
import { onPage, unitVariable } from '../plots/theme.js';
import { dataText, howText, secondsText, table1Text } from '../sections.js';
import { introduction, titleOf } from '../title.js';
import { curveData, datasetsSection } from './datasets-section.js';
import {
  contentsHtml,
  fileLinks,
  inlineHtml,
  paragraphs,
  type Section,
  sectionHtml,
  tableHtml,
} from './html.js';
import { hasRealPiece, piecesPanel } from './pieces.js';
import {
  differencesSection,
  overSection,
  table2Section,
  verdictSection,
  weaknessSection,
} from './verdict-sections.js';

/**
 * Writes report.html: one file that needs no network, with its curves, data and script in it.
 *
 * @returns the data sets that are not at hand, so that no real piece stands beside the drawn one
 */
export async function writePage(
  findings: Findings,
  figures: readonly string[],
  command: string,
): Promise<string[]> {
  const without: string[] = [];
  const html = await pageHtml(findings, figures, command, async (dataset) => {
    const panel = await piecesPanel(findings, dataset);
    if (panel !== '' && !hasRealPiece(panel)) without.push(dataset);
    return panel;
  });
  writeWholeFile(publishedFiles(findings.folder).page, html);
  return without;
}

/**
 * @param figures names of those beside it
 * @param pieces the panel of pieces of a data set, as `piecesPanel` draws it
 */
export async function pageHtml(
  findings: Findings,
  figures: readonly string[],
  command: string,
  pieces: (dataset: string) => Promise<string>,
): Promise<string> {
  const units = appearances(unitsOf(findings));
  const theme = onPage(units, findings.unitTitle);
  const sections = [
    await verdictSection(findings, theme),
    differencesSection(findings),
    weaknessSection(findings),
    table2Section(findings),
    overSection(findings),
    await datasetsSection(findings, theme, pieces),
    figure2Section(findings),
    claimsSection(findings),
    howSection(findings, figures),
  ].filter((one) => one !== undefined);
  const part = (file: string) => readFileSync(join(PACKAGE_ROOT, 'src', 'report', 'page', file), 'utf8');
  const title = escapeMarkup(titleOf(findings));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${pageStyle()}${part('page.css')}${unitColours(units)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
<header>
<h1>${title}</h1>
<p class="faint">${inlineHtml(introduction(findings))} Made by <code>${escapeMarkup(command)}</code>.</p>
${contentsHtml(sections)}
</header>
<main>
${sections.map(sectionHtml).join('\n')}
</main>
<div id="tooltip" hidden></div>
<script type="application/json" id="curve-data">${jsonInScript(curveData(findings))}</script>
<script>
${part('client.js')}</script>
</body>
</html>
`;
}

function unitColours(units: ReadonlyMap<string, Appearance>): string {
  const lines = (of: 'light' | 'dark') =>
    [...units.values()].map((one, place) => `${unitVariable(place)}: ${one[of]};`).join(' ');
  return `:root { ${lines('light')} }
@media (prefers-color-scheme: dark) { :root { ${lines('dark')} } }
@media print { :root { ${lines('light')} } }
`;
}

function figure2Section(findings: Findings): Section | undefined {
  const [curves, table] = [figure2Text(findings), tableFromFigureText(findings)];
  if (!curves || !table) return undefined;
  return {
    id: 'figure-2',
    title: 'Figure 2 of the paper, and its Table 2',
    short: 'Figure 2',
    html: `${paragraphs(figure2Account(findings))}\n${tableHtml(curves)}\n${tableHtml(table)}`,
  };
}

function claimsSection(findings: Findings): Section | undefined {
  const found = claims(findings);
  if (found.length === 0) return undefined;
  const items = found.map(
    ({ claim, verdict, evidence }) =>
      `<li><span class="claim" data-claim="${verdict}">${verdict}</span>${escapeMarkup(claim)}<p class="faint">${escapeMarkup(evidence)}</p></li>`,
  );
  return {
    id: 'paper',
    title: 'Against the paper',
    html: `<ul class="claims">\n${items.join('\n')}\n</ul>\n${paragraphs([averagingRule(findings)])}`,
  };
}

function howSection(findings: Findings, figures: readonly string[]): Section {
  const tables = [secondsText(findings), table1Text(findings), dataText(findings)].map((table) =>
    tableHtml(table),
  );
  const details = howText(findings).map(
    ([what, text]) => `<dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(text)}</dd>`,
  );
  return {
    id: 'how',
    title: 'How it was run, and its files',
    short: 'How, and files',
    html: `${tables.join('\n')}
<dl class="details">
${details.join('\n')}
<dt>Files</dt><dd>${downloadLink(findings)} (in this page) · ${fileLinks(filesBeside(findings))}</dd>
<dt>Figures</dt><dd>${fileLinks(figures.map((name) => [`figures/${name}.svg`, `${name}.svg`]))}</dd>
</dl>`,
  };
}

/** Those beside the page, but for results.csv, which is in it. */
function filesBeside({ sequenceNlls }: Findings): [path: string, text: string][] {
  const { comparisons, table, sequenceNlls: sequences, markdown, checksums, experiment } = FILE_NAMES;
  const there = [comparisons, table, ...(sequenceNlls.length > 0 ? [sequences] : []), markdown];
  return [
    ...[...there, checksums].map((file): [string, string] => [file, file]),
    [experiment, `${experiment} (what was run)`],
  ];
}

/** Every trial, a row each, in the page itself. */
function downloadLink({ folder }: Findings): string {
  const content = readFileSync(publishedFiles(folder).results).toString('base64');
  return `<a download="${FILE_NAMES.results}" href="data:text/csv;base64,${content}">${FILE_NAMES.results}</a>`;
}
