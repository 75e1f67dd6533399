import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import { escapeMarkup, jsonInScript } from '../../platform/escape-markup.js';
import { PACKAGE_ROOT } from '../../platform/folders.js';
import { pageStyle } from '../../platform/page-style.js';
import { writeWholeFile } from '../../platform/whole-file.js';
import { type Appearance, appearances } from '../appearance.js';
import { type Findings, unitsOf } from '../findings.js';
import { onPage, type Theme, unitVariable } from '../plots/theme.js';
import { reportSections } from '../sections/all.js';
import type { Section } from '../sections/section.js';
import { introduction, titleOf } from '../title.js';
import { curveData, datasetsHtml } from './datasets.js';
import { contentsHtml, fileLinks, inlineHtml, sectionHtml } from './html.js';
import { partsHtml } from './parts.js';
import { hasRealPiece, piecesPanel } from './pieces.js';
import { verdictPictures } from './verdict-pictures.js';

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
  const drawn = (section: Section) => sectionHtmlOf(section, { findings, theme, figures, pieces });
  const sections = await Promise.all(
    reportSections(findings).map(async (section) => ({ ...section, html: await drawn(section) })),
  );
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

/** What a section says, and what the page alone draws and holds. */
async function sectionHtmlOf(section: Section, { findings, theme, figures, pieces }: Drawn): Promise<string> {
  if (section.id === 'curves') {
    // Who is ahead at which budget stands below the picture of it.
    const parts = section.parts.filter(({ kind }) => kind !== 'items');
    return `${await datasetsHtml(findings, theme, pieces)}\n${partsHtml({ ...section, parts })}`;
  }
  const html = partsHtml(section);
  if (section.id === 'verdict') return `${html}\n${await verdictPictures(findings, theme)}`;
  if (section.id === 'how') return `${html}\n${filesHtml(findings, figures)}`;
  return html;
}

/** What the page draws from. */
interface Drawn {
  readonly findings: Findings;
  readonly theme: Theme;
  readonly figures: readonly string[];
  readonly pieces: (dataset: string) => Promise<string>;
}

function filesHtml(findings: Findings, figures: readonly string[]): string {
  return `<dl class="details">
<dt>Files</dt><dd>${downloadLink(findings)} (in this page) · ${fileLinks(filesBeside(findings))}</dd>
<dt>Figures</dt><dd>${fileLinks(figures.map((name) => [`figures/${name}.svg`, `${name}.svg`]))}</dd>
</dl>`;
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
