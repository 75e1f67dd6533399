import { plural } from '../platform/format-number.js';
import { type Findings, unitsOf } from './findings.js';
import { PAPER_UNITS, paperSetOf } from './paper.js';
import { listText } from './text.js';

/** Units and data sets that a title names; of more it says how many there are. */
const NAMED = 4;

/** What an experiment asks. */
export function titleOf(findings: Findings): string {
  const { unitTitle } = findings;
  const units = unitsOf(findings);
  const datasets = findings.experiment.datasets.map(({ plan }) => plan.name);
  const where = datasets.length > NAMED ? plural(datasets.length, 'data set') : listText(datasets);
  if (units.length === 1) return `${unitTitle(units[0])} on ${where}`;
  const who = units.length > NAMED ? `${units.length} units` : listText(units.map(unitTitle));
  return `Which recurrent unit is better? ${who} on ${where}`;
}

/** Whether the experiment is the paper's: its units alone, on its data sets alone. */
function isOfPaper({ experiment }: Findings): boolean {
  return experiment.datasets.every(
    ({ plan }) =>
      paperSetOf(plan) !== undefined &&
      plan.units.length === PAPER_UNITS.length &&
      PAPER_UNITS.every((unit) => plan.units.some((one) => one === unit)),
  );
}

/** What was done, in two sentences, as Markdown. */
export function introduction(findings: Findings): string {
  const { experiment } = findings;
  const units = unitsOf(findings);
  const draws = rangeText(experiment.datasets.map(({ plan }) => plan.search.draws));
  const seeds = rangeText(experiment.datasets.map(({ plan }) => plan.seeds));
  const what = `${units.length === 1 ? 'The unit was' : `${units.length} units were`} trained on ${plural(experiment.datasets.length, 'data set')}: ${draws} learning rate${draws === '1' ? '' : 's'} each, the best by validation with ${seeds} seed${seeds === '1' ? '' : 's'}.`;
  return isOfPaper(findings)
    ? `The question of Chung, Gulcehre, Cho and Bengio (2014), [arXiv:1412.3555](https://arxiv.org/abs/1412.3555), asked again. ${what}`
    : what;
}

/** 5, or 1 to 5 */
function rangeText(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}
