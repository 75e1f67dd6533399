import type { DatasetPlan } from '../../experiment/config.js';
import { threeDigits } from '../../platform/format-number.js';
import { type Findings, hasManyUnits, unitsOf } from '../findings.js';
import { isPaperUnit, PAPER_SECONDS, paperSetOf } from '../paper.js';
import { cell, numberCell, type TextTable } from '../text-table.js';
import { type Section, tablePart } from './section.js';

const TITLE = 'Seconds of training an epoch';

/** What training takes. */
export function costSection(findings: Findings): Section {
  return { id: 'cost', title: TITLE, short: 'Seconds', parts: tablePart(secondsText(findings)) };
}

/** Seconds an epoch, ours and those read off the paper's figures; of many units ours alone, a row a unit. */
function secondsText(findings: Findings): TextTable {
  const { experiment, cells, unitTitle } = findings;
  const units = unitsOf(findings);
  const secondsOf = (dataset: string, unit: string) =>
    numberCell(
      cells.find((one) => one.dataset === dataset && one.unit === unit)?.secondsAnEpoch,
      threeDigits,
    );
  const names = experiment.datasets.map(({ plan }) => plan.name);
  if (hasManyUnits(findings))
    return {
      title: TITLE,
      names: 1,
      header: ['unit', ...names],
      rows: units.map((unit) => [cell(unitTitle(unit)), ...names.map((name) => secondsOf(name, unit))]),
    };
  const secondsOfPaper = (plan: DatasetPlan) => PAPER_SECONDS[paperSetOf(plan) ?? ''];
  const hasPaper = experiment.datasets.some(({ plan }) => secondsOfPaper(plan));
  const isOfPaper = (unit: string) => hasPaper && isPaperUnit(unit);
  return {
    title: TITLE,
    names: 1,
    header: [
      'data set',
      ...units.flatMap((unit) => [unitTitle(unit), ...(isOfPaper(unit) ? ['paper'] : [])]),
    ],
    rows: experiment.datasets.map(({ plan }) => [
      cell(plan.name),
      ...units.flatMap((unit) =>
        [secondsOf(plan.name, unit), numberCell(secondsOfPaper(plan)?.[unit], String)].slice(
          0,
          isOfPaper(unit) ? 2 : 1,
        ),
      ),
    ]),
  };
}
