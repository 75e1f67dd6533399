import { publishedFiles } from '../experiment/published.js';
import { writeWholeFile } from '../platform/whole-file.js';
import type { Findings } from './findings.js';
import { curvesPanel, drawSvg, PAPER_WHITE, searchPanel } from './plots.js';

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

/**
 * The figures as SVG, by name: the paper's two, as far as their data sets are there, and learning curves and search
 * of each data set.
 */
export async function drawFigures(findings: Findings): Promise<Map<string, string>> {
  const figures = new Map<string, string>();
  for (const [name, spec] of figureSpecs(findings))
    figures.set(name, `${await drawSvg(spec, PAPER_WHITE)}\n`);
  return figures;
}

function figureSpecs(findings: Findings): [string, object][] {
  const drawn = datasetsWithCurves(findings);
  const curves = drawn.map((dataset): [string, object] => [dataset, curvesFigure(findings, [dataset])]);
  const ofPaper = Object.entries(PAPER_FIGURES).flatMap(([name, datasets]): [string, object][] => {
    const there = datasets.filter((dataset) => drawn.includes(dataset));
    return there.length > 0 ? [[name, curvesFigure(findings, there)]] : [];
  });
  const searches = findings.experiment.datasets.flatMap(({ plan }): [string, object][] => {
    const cells = findings.cells.filter(({ dataset }) => dataset === plan.name);
    if (!cells.some(({ search }) => search.some(({ valid_nll }) => valid_nll !== null))) return [];
    const panel = { ...searchPanel(cells, PAPER_WHITE, PANEL), title: plan.name };
    return [[`search-${plan.name}`, panel]];
  });
  return [...curves, ...ofPaper, ...searches];
}

export function datasetsWithCurves({ experiment, cells }: Findings): string[] {
  return experiment.datasets
    .map(({ plan }) => plan.name)
    .filter((name) => cells.some(({ dataset, curve }) => dataset === name && curve.length > 0));
}

/** Over epochs above, over seconds below, a column a data set, as in the paper. */
function curvesFigure({ cells }: Findings, datasets: readonly string[]): object {
  return {
    hconcat: datasets.map((name) => {
      const own = cells.filter(({ dataset }) => dataset === name);
      return {
        vconcat: [
          curvesPanel(own, 'epoch', PAPER_WHITE, PANEL, name),
          curvesPanel(own, 'seconds', PAPER_WHITE, PANEL),
        ],
      };
    }),
  };
}
