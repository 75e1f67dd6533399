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

/**
 * Writes the figures: the paper's two, as far as their data sets are there, and learning curves and search of each
 * data set.
 *
 * @returns names of those written
 */
export async function writeFigures(findings: Findings): Promise<string[]> {
  const names: string[] = [];
  const write = async (name: string, spec: object) => {
    writeWholeFile(publishedFiles(findings.folder).figure(name), `${await drawSvg(spec, PAPER_WHITE)}\n`);
    names.push(name);
  };
  const drawn = datasetsWithCurves(findings);
  for (const dataset of drawn) await write(dataset, curvesFigure(findings, [dataset]));
  for (const [name, datasets] of Object.entries(PAPER_FIGURES)) {
    const there = datasets.filter((dataset) => drawn.includes(dataset));
    if (there.length > 0) await write(name, curvesFigure(findings, there));
  }
  for (const { plan } of findings.experiment.datasets) {
    const cells = findings.cells.filter(({ dataset }) => dataset === plan.name);
    if (cells.some(({ search }) => search.some(({ valid_nll }) => valid_nll !== null)))
      await write(`search-${plan.name}`, { ...searchPanel(cells, PAPER_WHITE, PANEL), title: plan.name });
  }
  return names;
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
