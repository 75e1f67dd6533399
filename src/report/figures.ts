import { publishedFiles } from '../experiment/published.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { appearances } from './appearance.js';
import { endsOfFigure } from './figure-2.js';
import { type Findings, unitsOf } from './findings.js';
import { paperSetOf } from './paper.js';
import { curvesPanel } from './plots/curves.js';
import { differencesPanel } from './plots/differences.js';
import { drawSvg } from './plots/draw.js';
import { expectedBestPanel, searchPanel } from './plots/search.js';
import { onWhite, type Theme } from './plots/theme.js';
import { shownPairs, verdictOf } from './verdict/verdict.js';

/** The paper's figures and the data sets they show. */
const PAPER_FIGURES = {
  'figure-2': ['nottingham', 'musedata'],
  'figure-3': ['speech-a', 'speech-b'],
} as const;

const PANEL = { width: 340, height: 230 };

/** Writes the figures. @returns names of those written */
export async function writeFigures(findings: Findings): Promise<string[]> {
  const figures = await drawFigures(findings);
  for (const [name, svg] of figures) writeWholeFile(publishedFiles(findings.folder).figure(name), svg);
  return [...figures.keys()];
}

/** SVG by the figure's name. */
export type Figures = ReadonlyMap<string, string>;

/**
 * The figures: of each data set the differences of the units, the learning curves, the search and what it may be
 * expected to find; and the paper's two, as far as their data sets are there.
 */
export async function drawFigures(findings: Findings): Promise<Figures> {
  const theme = onWhite(appearances(unitsOf(findings)), findings.unitTitle);
  const figures = new Map<string, string>();
  for (const [name, spec] of figureSpecs(findings, theme))
    figures.set(name, `${await drawSvg(spec, theme)}\n`);
  return figures;
}

/** A figure's name, and what Vega-Lite draws. */
type Spec = readonly [name: string, spec: object];

function figureSpecs(findings: Findings, theme: Theme): Spec[] {
  return [
    ...differenceFigures(findings, theme),
    ...paperFigures(findings, theme),
    ...datasetsWithCurves(findings).map((name): Spec => [name, curvesFigure(findings, [name], theme)]),
    ...searchFigures(findings, theme),
  ];
}

function differenceFigures(findings: Findings, theme: Theme): Spec[] {
  return verdictOf(findings).datasets.flatMap((verdict): Spec[] => {
    const pairs = shownPairs(verdict, 'per frame');
    if (pairs.length === 0) return [];
    const title = `${verdict.dataset}, test NLL per frame`;
    return [
      [`differences-${verdict.dataset}`, differencesPanel(pairs, theme, { width: PANEL.width, title })],
    ];
  });
}

function paperFigures(findings: Findings, theme: Theme): Spec[] {
  const ofPaper = new Map(findings.experiment.datasets.map(({ plan }) => [plan.name, paperSetOf(plan)]));
  const drawn = datasetsWithCurves(findings);
  return Object.entries(PAPER_FIGURES).flatMap(([name, datasets]): Spec[] => {
    const there = drawn.filter((dataset) => datasets.some((one) => one === ofPaper.get(dataset)));
    return there.length > 0 ? [[name, curvesFigure(findings, there, theme)]] : [];
  });
}

function searchFigures(findings: Findings, theme: Theme): Spec[] {
  return verdictOf(findings).datasets.flatMap(({ dataset, expectedBest }): Spec[] => {
    const cells = findings.cells.filter((cell) => cell.dataset === dataset);
    const isSearched = cells.some(({ search }) => search.some(({ valid_nll }) => valid_nll !== null));
    const more = { ...PANEL, title: dataset };
    const search: Spec = [`search-${dataset}`, searchPanel(cells, theme, more)];
    const best: Spec = [`expected-best-${dataset}`, expectedBestPanel(expectedBest, theme, more)];
    return [...(isSearched ? [search] : []), ...(expectedBest.length > 0 ? [best] : [])];
  });
}

export function datasetsWithCurves({ experiment, cells }: Findings): string[] {
  return experiment.datasets
    .map(({ plan }) => plan.name)
    .filter((name) => cells.some(({ dataset, curve }) => dataset === name && curve.length > 0));
}

/** Over epochs above, over seconds below, a column a data set, as in the paper. */
function curvesFigure({ cells }: Findings, datasets: readonly string[], theme: Theme): object {
  return {
    hconcat: datasets.map((name) => {
      const own = cells.filter(({ dataset, curve }) => dataset === name && curve.length > 0);
      const more = {
        ...PANEL,
        splits: ['train', 'validation'] as const,
        ends: endsOfFigure(own[0].record),
      };
      return {
        vconcat: [
          curvesPanel(own, 'epoch', theme, { ...more, title: name }).spec,
          curvesPanel(own, 'seconds', theme, more).spec,
        ],
      };
    }),
  };
}
