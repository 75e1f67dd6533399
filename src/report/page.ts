import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PianoRoll } from '../data/sequence.js';
import { publishedFiles } from '../experiment/published.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { unitTitle } from './cell-name.js';
import { averagingRule, claims } from './claims.js';
import { datasetsWithCurves } from './figures.js';
import type { CellFindings, Findings } from './findings.js';
import { pieceBesideReal } from './pieces.js';
import {
  ABOVE_THE_PANEL,
  curvesPanel,
  drawPanel,
  drawSvg,
  FOLLOWS_PAGE,
  OVER,
  type Over,
  pianoRollPanel,
  searchPanel,
} from './plots.js';
import {
  dataText,
  howText,
  reevaluationText,
  searchText,
  secondsText,
  type TextCell,
  type TextTable,
  table1Text,
  table2Notes,
  table2Text,
} from './sections.js';

const PANEL = { width: 400, height: 260 };

/** Writes report.html: one file that needs no network, with its curves, data and script in it. */
export async function writePage(findings: Findings, command: string): Promise<void> {
  const html = await pageHtml(findings, command, (dataset) => piecesPanel(findings, dataset));
  writeWholeFile(publishedFiles(findings.folder).page, html);
}

/** @param pieces the panel of pieces of a data set, as `piecesPanel` draws it */
export async function pageHtml(
  findings: Findings,
  command: string,
  pieces: (dataset: string) => Promise<string>,
): Promise<string> {
  const datasets = datasetsWithCurves(findings);
  const plots = await Promise.all(
    datasets.map(async (name) => datasetPlots(findings, name, await pieces(name))),
  );
  const part = (file: string) => readFileSync(join(PACKAGE_ROOT, 'src', 'report', 'page', file), 'utf8');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gru-bench: tanh, GRU and LSTM on music and speech</title>
<style>
${part('page.css')}</style>
</head>
<body>
<h1>Empirical evaluation of gated recurrent neural networks, reproduced</h1>
<p class="faint">Chung, Gulcehre, Cho and Bengio (2014), <a href="https://arxiv.org/abs/1412.3555">arXiv:1412.3555</a>, beside what gru-bench found. Made by <code>${escapeHtml(command)}</code>.</p>
<h2>${table2Text(findings).title}</h2>
${table('table2', table2Text(findings), 3)}
<div class="notes">${[...table2Notes(findings), reevaluationText(findings)].map((note) => `<p>${escapeHtml(note)}</p>`).join('')}
<p>${downloadLink(findings)}</p></div>
<h2>Learning curves (Figures 2 and 3) and the search</h2>
${plots.length === 0 ? '<p>No cell is finished.</p>' : choice(datasets)}
${plots.join('\n')}
<div id="tooltip" hidden></div>
${againstThePaper(findings)}
${[secondsText(findings), searchText(findings), table1Text(findings), dataText(findings)]
  .map((one) => `<h2>${escapeHtml(one.title)}</h2>\n${table('', one, 1)}`)
  .join('\n')}
<h2>How it was run</h2>
<dl>
${howText(findings)
  .map(([what, text]) => `<dt>${escapeHtml(what)}</dt><dd>${escapeHtml(text)}</dd>`)
  .join('\n')}
</dl>
<script type="application/json" id="curves">${JSON.stringify(curveData(findings))}</script>
<script>
${part('client.js')}</script>
</body>
</html>
`;
}

function againstThePaper(findings: Findings): string {
  const found = claims(findings);
  if (found.length === 0) return '';
  const items = found.map(
    ({ claim, verdict, evidence }) =>
      `<li><span class="verdict" data-verdict="${verdict}">${verdict}</span>${escapeHtml(claim)}<p class="faint">${escapeHtml(evidence)}</p></li>`,
  );
  return `<h2>Against the paper</h2>\n<ul class="claims">\n${items.join('\n')}\n</ul>\n<p>${escapeHtml(averagingRule(findings))}</p>`;
}

function choice(datasets: readonly string[]): string {
  const options = datasets.map(
    (name, i) =>
      `<label><input type="radio" name="dataset" value="${escapeHtml(name)}"${i === 0 ? ' checked' : ''}><span>${escapeHtml(name)}</span></label>`,
  );
  return `<fieldset class="choice" aria-label="data set">${options.join('')}</fieldset>`;
}

async function datasetPlots(findings: Findings, dataset: string, pieces: string): Promise<string> {
  const cells = findings.cells.filter((cell) => cell.dataset === dataset);
  const curves = await Promise.all(
    (Object.keys(OVER) as Over[]).map((over) => curveFigure(cells, dataset, over)),
  );
  const search = await drawSvg(searchPanel(cells, FOLLOWS_PAGE, PANEL), FOLLOWS_PAGE);
  const searchFigure = figure(search, 'The search: each learning rate a point, the best filled');
  const panels = `<div class="panels">${[...curves, searchFigure].join('')}</div>`;
  return `<div data-dataset="${escapeHtml(dataset)}">${panels}${pieces}</div>`;
}

function figure(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/**
 * A piece drawn from the best model of a music data set, beside a real one where the data are at hand: one element,
 * which `piecesPanels` finds in a page; empty where there is no such model.
 */
export async function piecesPanel(findings: Findings, dataset: string): Promise<string> {
  const pieces = await pieceBesideReal(findings, dataset);
  if (!pieces) return '';
  const { unit, drawn, real } = pieces;
  const picture = (roll: PianoRoll) => drawSvg(pianoRollPanel(roll, FOLLOWS_PAGE, unit, PANEL), FOLLOWS_PAGE);
  const figures = [
    figure(await picture(drawn), `Drawn from the ${unitTitle(unit)} with the best test NLL`),
    ...(real ? [figure(await picture(real), 'A piece of the test set')] : []),
  ];
  return `<div class="panels" data-pieces="${escapeHtml(dataset)}">${figures.join('')}</div>`;
}

/** The panels of pieces in a page, whole, by data set. */
export function piecesPanels(html: string): Map<string, string> {
  const found = html.matchAll(/<div class="panels" data-pieces="([^"]*)">.*?<\/div>/gs);
  return new Map(Array.from(found, ([panel, dataset]) => [dataset, panel]));
}

async function curveFigure(cells: readonly CellFindings[], dataset: string, over: Over): Promise<string> {
  const { svg, geometry } = await drawPanel(curvesPanel(cells, over, FOLLOWS_PAGE, PANEL), FOLLOWS_PAGE);
  const place = `data-over="${over}" data-of="${escapeHtml(dataset)}" data-geometry="${escapeHtml(JSON.stringify(geometry))}"`;
  return `<figure ${place}>${svg}<figcaption>Best learning rate of each unit, over ${OVER[over]}; the first ${100 * ABOVE_THE_PANEL} % of the epochs may lie above</figcaption></figure>`;
}

/** What the page shows at the pointer; a ten-thousandth is finer than it prints. */
function curveData({ cells }: Findings): Record<string, Record<string, unknown>> {
  const round = (value: number) => Number(value.toPrecision(5));
  const all: Record<string, Record<string, unknown>> = {};
  for (const { dataset, unit, curve } of cells) {
    if (curve.length === 0) continue;
    all[dataset] ??= {};
    all[dataset][unitTitle(unit)] = {
      epoch: curve.map(({ epoch }) => epoch),
      seconds: curve.map(({ wall_clock_s }) => round(wall_clock_s)),
      train: curve.map(({ train_nll }) => round(train_nll)),
      valid: curve.map(({ valid_nll }) => round(valid_nll)),
    };
  }
  return all;
}

/** @param words how many of the first columns name a row: one cell of the page, which stays while the rest scrolls */
function table(id: string, { header, rows }: TextTable, words: number): string {
  const body = rows.map((row, i) => {
    const isNewSet = i > 0 && row[0].text !== rows[i - 1][0].text && words > 1;
    const name = rowName(row.slice(0, words).map(({ text }) => text));
    return `<tr${isNewSet ? ' class="new-set"' : ''}>${name}${row.slice(words).map(tableCell).join('')}</tr>`;
  });
  const head = [header[0], ...header.slice(words)].map((text) => `<th scope="col">${escapeHtml(text)}</th>`);
  return `<div class="wide"><table${id && ` id="${id}"`}><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function rowName([first, ...more]: readonly string[]): string {
  if (more.length === 0) return `<th scope="row">${escapeHtml(first)}</th>`;
  const parts = [first, more.join(', ')].map((part) => `<span class="part">${escapeHtml(part)}</span>`);
  return `<th scope="row">${parts.join(' ')}</th>`;
}

function tableCell({ text, isBest, value }: TextCell): string {
  const exact = value === undefined ? '' : ` data-value="${value}"`;
  return `<td${isBest ? ' class="best"' : ''}${exact}>${escapeHtml(text)}</td>`;
}

function downloadLink({ folder }: Findings): string {
  const content = readFileSync(publishedFiles(folder).results).toString('base64');
  return `Every trial, a row each: <a download="results.csv" href="data:text/csv;base64,${content}">results.csv</a>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
