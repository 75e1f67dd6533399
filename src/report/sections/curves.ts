import { plural } from '../../platform/format-number.js';
import type { Findings } from '../findings.js';
import { cell, type TextTable } from '../text-table.js';
import { verdictOf } from '../verdict/verdict.js';
import { type Item, itemsPart, notesPart, type Section, tablePart } from './section.js';

/** How the units learn, how their learning rates were searched, and who is ahead at which budget. */
export function curvesSection(findings: Findings): Section {
  const budgets = budgetItems(findings);
  return {
    id: 'curves',
    title: 'Learning curves and search',
    short: 'Curves and search',
    parts: [
      ...itemsPart(budgets),
      ...notesPart(budgets.length > 0 ? [BUDGET_NOTE] : []),
      ...tablePart(searchText(findings)),
    ],
  };
}

/** Who is ahead at which budget of the search, a line a data set; none where nothing is finished. */
export function budgetItems(findings: Findings): Item[] {
  return verdictOf(findings).datasets.flatMap(({ dataset, expectedBest: units }) => {
    const most = Math.max(0, ...units.map(({ best }) => best.length));
    if (units.length < 2 || most === 0) return [];
    const leaders = Array.from({ length: most }, (_, i) => {
      const finite = units.filter(({ best }) => Number.isFinite(best[i]?.mean));
      return finite.sort((a, b) => a.best[i].mean - b.best[i].mean)[0]?.unit;
    });
    const stretches = leaders.flatMap((unit, i) =>
      unit !== undefined && unit !== leaders[i - 1] ? [{ unit, from: i + 1 }] : [],
    );
    const parts = stretches.map(({ unit, from }, i) => {
      const until = (stretches[i + 1]?.from ?? most + 1) - 1;
      const budget = from === until ? plural(from, 'draw') : `${from} to ${plural(until, 'draw')}`;
      return `${findings.unitTitle(unit)} with ${budget}`;
    });
    return [{ lead: dataset, text: `lowest expected validation NLL: ${parts.join(', ')}.` }];
  });
}

const BUDGET_NOTE =
  'Expected best validation NLL per frame of a search of so many draws: the mean over all sets of as many of the draws that were made (Tang et al. 2020). Draws that were left at a rung count with what they had reached there.';

/** How each cell was searched and what came of it. */
export function searchText({ cells, unitTitle }: Findings): TextTable {
  return {
    title: 'The search for the learning rate',
    names: 2,
    header: [
      'data set',
      'unit',
      'draws',
      'rungs',
      'best draw',
      'learning rate',
      'best epoch',
      'of',
      'ended by',
      'seeds',
      'updates skipped',
    ],
    rows: cells.map(({ record, dataset, unit, search, reported }) => {
      const rungs = record.plan.search.rungs.map(({ epochs, keep }) => `${keep} after ${epochs}`).join(', ');
      const [best] = reported;
      const skipped = search.concat(reported.slice(1)).reduce((sum, row) => sum + row.skipped_updates, 0);
      return [
        dataset,
        unitTitle(unit),
        String(search.length),
        rungs || 'none',
        ...(best
          ? [
              String(best.draw),
              best.learning_rate.toPrecision(3),
              String(best.best_epoch),
              String(best.epochs),
              best.status,
              String(reported.length),
            ]
          : ['–', '–', '–', '–', '–', '–']),
        String(skipped),
      ].map(cell);
    }),
  };
}
