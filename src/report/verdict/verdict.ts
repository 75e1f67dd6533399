import type { DatasetRecord } from '../../experiment/records.js';
import type { Rule } from '../averaging.js';
import type { CellFindings, Findings } from '../findings.js';
import { placesOf } from '../places.js';
import { compareUnits, type UnitComparison } from './comparison.js';
import { type ExpectedBest, expectedBest } from './expected-best.js';
import { type OverDataSets, overDataSets } from './over-data-sets.js';
import { reservationOf } from './reservation.js';
import { failuresOf, sentenceOf } from './sentence.js';
import { type Warning, warningsOf } from './warnings.js';

/** Which unit is better on a data set, and what stands behind it. */
export interface DatasetVerdict {
  readonly dataset: string;
  readonly kind: DatasetRecord['kind'];
  /** The answer in words. */
  readonly sentence: string;
  /** The unit with the lowest mean test NLL per frame, of those with the fewest failed runs; none where no unit is finished. */
  readonly leader?: string;
  /** The unit that each other is compared with; none where each is compared with each. */
  readonly baseline?: string;
  readonly comparisons: Readonly<Record<Rule, readonly UnitComparison[]>>;
  readonly warnings: readonly Warning[];
  /** Of each unit whose search is over. */
  readonly expectedBest: readonly UnitExpectedBest[];
}

export interface UnitExpectedBest {
  readonly unit: string;
  readonly best: readonly ExpectedBest[];
}

export interface Verdict {
  readonly datasets: readonly DatasetVerdict[];
  /** By either average; none of a single data set. */
  readonly over: readonly OverDataSets[];
}

/** Pairs that are shown at a glance; of more, those with the unit whose test NLL is the lowest. */
const MOST_PAIRS = 6;

/** The pairs of a data set that a picture has room for; with a baseline all, the lowest NLL first. */
export function shownPairs(
  { comparisons, leader, baseline }: DatasetVerdict,
  rule: Rule,
): readonly UnitComparison[] {
  const all = comparisons[rule].filter(({ test }) => test.n > 0);
  if (all.length <= MOST_PAIRS) return all;
  if (baseline !== undefined) return [...all].sort((a, b) => a.test.mean - b.test.mean);
  return all.filter(({ units }) => units.some((unit) => unit === leader));
}

const known = new WeakMap<Findings, Verdict>();

/** Which unit is better, on each data set and over all; computed once for the same findings. */
export function verdictOf(findings: Findings): Verdict {
  const verdict = known.get(findings) ?? computed(findings);
  known.set(findings, verdict);
  return verdict;
}

function computed(findings: Findings): Verdict {
  const datasets = findings.experiment.datasets.map((record): DatasetVerdict => {
    const { name: dataset, baseline } = record.plan;
    const comparisons = compareUnits(findings, record);
    const cells = findings.cells.filter((cell) => cell.dataset === dataset);
    const places = placesOf(cells, 'test_nll');
    return {
      dataset,
      kind: record.kind,
      sentence: [
        sentenceOf(comparisons, places, findings.unitTitle, baseline),
        ...failuresOf(cells, findings.unitTitle),
        ...reservations(comparisons, cells),
      ].join(' '),
      leader: places[0]?.unit,
      ...(baseline !== undefined && { baseline }),
      comparisons,
      warnings: warningsOf(findings, record, comparisons),
      expectedBest: cells
        .filter(({ reported }) => reported.length > 0)
        .map(({ unit, search }) => ({ unit, best: expectedBest(search.map(({ valid_nll }) => valid_nll)) })),
    };
  });
  const all = datasets.flatMap(({ comparisons }) => Object.values(comparisons).flat());
  return { datasets, over: overDataSets(findings, all) };
}

/** Of a data set of which there is a verdict at all. */
function reservations(comparisons: DatasetVerdict['comparisons'], cells: readonly CellFindings[]): string[] {
  const hasVerdict = comparisons['per frame'].some(({ word }) => word !== 'too few to say');
  const reservation = hasVerdict && reservationOf(cells);
  return reservation ? [reservation] : [];
}
