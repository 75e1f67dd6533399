import { escapeMarkup } from '../../platform/escape-markup.js';
import type { Shape } from '../appearance.js';
import { endsOfFigure } from '../figure-2.js';
import { datasetsWithCurves } from '../figures.js';
import type { CellFindings, Findings } from '../findings.js';
import { ABOVE_THE_PANEL } from '../plots/curve-extent.js';
import { CURVE_SPLITS, curvesPanel, OVER, type Over } from '../plots/curves.js';
import { drawPanel, drawSvg, fitted } from '../plots/draw.js';
import { expectedBestPanel, searchPanel } from '../plots/search.js';
import { type Theme, unitVariable } from '../plots/theme.js';
import { budgetItems } from '../sections/curves.js';
import { capitalized } from '../text.js';
import { verdictOf } from '../verdict/verdict.js';
import { figureHtml, fileLinks, PANEL, switchHtml } from './html.js';

/** Data set by data set: curves, search, what it may be expected to find, and a drawn piece. */
export async function datasetsHtml(
  findings: Findings,
  theme: Theme,
  pieces: (dataset: string) => Promise<string>,
): Promise<string> {
  const datasets = datasetsWithCurves(findings);
  if (datasets.length === 0) return '<p>No cell is finished.</p>';
  const parts = await Promise.all(
    datasets.map(async (name) => datasetHtml(findings, name, theme, await pieces(name))),
  );
  const choice = datasets.length > 1 ? `${switchHtml('dataset', 'curves', 'Data set', datasets)}\n` : '';
  return `${choice}${legendHtml(theme)}\n${parts.join('\n')}`;
}

const SHAPE_CHARACTERS: Readonly<Record<Shape, string>> = {
  circle: '●',
  square: '■',
  'triangle-up': '▲',
  diamond: '◆',
  cross: '✚',
  'triangle-down': '▼',
  'triangle-right': '▶',
  'triangle-left': '◀',
};

/** Buttons that switch lines of all curves on and off. */
function legendHtml({ units, unitTitle }: Theme): string {
  const ofUnits = [...units].map(
    ([unit, { shape }], place) =>
      `<button type="button" class="pill" aria-pressed="true" data-line-unit="${escapeMarkup(unitTitle(unit))}"><span class="sample" style="color: var(${unitVariable(place)})" aria-hidden="true">${SHAPE_CHARACTERS[shape]}</span>${escapeMarkup(unitTitle(unit))}</button>`,
  );
  const lines = [...CURVE_SPLITS, 'all seeds'];
  const ofLines = lines.map(
    (split) =>
      `<button type="button" class="pill" aria-pressed="${split === 'test' ? 'false' : 'true'}" data-line-split="${split}"><span class="sample dash ${split.replace(' ', '-')}"></span>${split}</button>`,
  );
  return `<div class="legend" role="group" aria-label="Lines of the curves">${ofUnits.join('')}<span class="between"></span>${ofLines.join('')}</div>`;
}

async function datasetHtml(
  findings: Findings,
  dataset: string,
  theme: Theme,
  pieces: string,
): Promise<string> {
  const cells = findings.cells.filter((cell) => cell.dataset === dataset);
  const curves = await Promise.all(
    (Object.keys(OVER) as Over[]).map((over) => curveFigure(cells, dataset, over, theme)),
  );
  const search = figureHtml(
    await drawSvg(fitted(searchPanel(cells, theme, PANEL)), theme),
    `Search for the learning rate on ${dataset}: best validation NLL of each that was tried`,
    {
      caption: `The search: each learning rate a point, the best filled, those left at a rung pale. ${fileLinks([[`figures/search-${dataset}.svg`, 'SVG']])}`,
      attributes: ' data-hover',
    },
  );
  const panels = [...curves, search, await expectedBestFigure(findings, dataset, theme)];
  const links = fileLinks([
    [`figures/${dataset}.svg`, 'SVG'],
    ...cells
      .filter(({ curve }) => curve.length > 0)
      .map(({ unit }) => [`curves/${dataset}-${unit}.csv`, `${findings.unitTitle(unit)} CSV`] as const),
  ]);
  return `<div data-dataset="${escapeMarkup(dataset)}">
<h3>${escapeMarkup(dataset)}</h3>
<div class="panels">${panels.join('\n')}
${pieces}</div>
<p class="faint">${escapeMarkup(seedsText(cells))} Curves: ${links}</p>
</div>`;
}

/** What the band of the seeds is of. */
function seedsText(cells: readonly CellFindings[]): string {
  const counts = new Set(
    cells.map(({ curve, furtherCurves }) => (curve.length > 0 ? 1 : 0) + furtherCurves.length),
  );
  const most = Math.max(...counts);
  if (most < 2) return 'Curves are of the search’s seed; those of further seeds are not published here.';
  return `Lines are of the search’s seed; the band holds the validation NLL of ${most} seeds, as far as they still train.`;
}

async function curveFigure(
  cells: readonly CellFindings[],
  dataset: string,
  over: Over,
  theme: Theme,
): Promise<string> {
  const own = cells.filter(({ curve }) => curve.length > 0);
  const ends = over === 'epoch' ? endsOfFigure(own[0].record) : [];
  const { spec, hasSpikes } = curvesPanel(own, over, theme, { ...PANEL, splits: CURVE_SPLITS, ends });
  const { svg, geometry } = await drawPanel(fitted(spec), theme);
  const attributes = ` tabindex="0" data-over="${over}" data-of="${escapeMarkup(dataset)}" data-geometry="${escapeMarkup(JSON.stringify(geometry))}"`;
  const marks = ends.length > 0 ? ' Large marks: where the paper’s curves end, validation filled.' : '';
  const spikes = hasSpikes ? ', and so do single spikes' : '';
  const caption = `Best learning rate of each unit, over ${OVER[over]}; the first ${100 * ABOVE_THE_PANEL} % of the epochs may lie above${spikes}.${marks}`;
  return figureHtml(svg, `Learning curves on ${dataset} over ${OVER[over]}`, {
    caption,
    attributes,
    below: ZOOM,
  });
}

const ZOOM =
  '<div class="zoom" role="group" aria-label="Zoom"><button type="button" class="pill" data-zoom="in" aria-label="Zoom in">+</button><button type="button" class="pill" data-zoom="out" aria-label="Zoom out">−</button><button type="button" class="pill" data-zoom="left" aria-label="Earlier">←</button><button type="button" class="pill" data-zoom="right" aria-label="Later">→</button><button type="button" class="pill" data-zoom="reset">whole</button><span>or drag across</span></div>';

async function expectedBestFigure(findings: Findings, dataset: string, theme: Theme): Promise<string> {
  const units = verdictOf(findings).datasets.find((one) => one.dataset === dataset)?.expectedBest ?? [];
  const isThere = units.some(({ best }) => best.some(({ mean }) => Number.isFinite(mean)));
  if (!isThere) return '';
  const budget = budgetItems(findings).find(({ lead }) => lead === dataset);
  const lead = budget === undefined ? '' : `${capitalized(budget.text)} `;
  return figureHtml(
    await drawSvg(fitted(expectedBestPanel(units, theme, PANEL)), theme),
    `Expected best validation NLL on ${dataset} over the number of learning rates tried. ${lead}`,
    {
      caption: `${escapeMarkup(lead)}${fileLinks([[`figures/expected-best-${dataset}.svg`, 'SVG']])}`,
      attributes: ' data-hover',
    },
  );
}

/** What the page shows at the pointer; a ten-thousandth is finer than it prints. Epochs count from 1. */
export function curveData({ cells, unitTitle }: Findings): Record<string, Record<string, unknown>> {
  const round = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);
  const all: Record<string, Record<string, unknown>> = {};
  for (const { dataset, unit, curve } of cells) {
    if (curve.length === 0) continue;
    all[dataset] ??= {};
    all[dataset][unitTitle(unit)] = {
      seconds: curve.map(({ wall_clock_s }) => round(wall_clock_s)),
      train: curve.map(({ train_nll }) => round(train_nll)),
      valid: curve.map(({ valid_nll }) => round(valid_nll)),
      test: curve.map(({ test_nll }) => round(test_nll)),
    };
  }
  return all;
}
