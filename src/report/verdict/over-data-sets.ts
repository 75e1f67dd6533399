import type { DatasetRecord } from '../../experiment/records.js';
import { columnOf, RULES, type Rule } from '../averaging.js';
import { type Findings, unitsOf } from '../findings.js';
import { placesOf } from '../places.js';
import { holm, meanOf, type PairedTest, pairedTest, SIGNIFICANCE } from '../statistics.js';
import { pairsOf, type UnitComparison, type Word } from './comparison.js';
import type { Corrected } from './pair.js';

/** Data sets with which a difference over data sets can be told from chance at all. */
export const LEAST_DATASETS = 3;

/** How a unit stands over all data sets, by one average. */
export interface Standing {
  readonly unit: string;
  /** Mean of its ranks, 1 for the lowest test NLL; over data sets with all units finished. */
  readonly rank?: number;
  /** Data sets where its mean test NLL is the lowest. */
  readonly lowest: number;
  /** Comparisons with another unit on a data set, by what came of them. */
  readonly better: number;
  readonly worse: number;
  readonly notDistinguishable: number;
  readonly tooFew: number;
}

/** Two units over the data sets of a kind, whose NLLs are of one size: each data set counts as one. */
export interface MeanDifference {
  readonly kind: DatasetRecord['kind'];
  readonly units: readonly [string, string];
  readonly test: Corrected<PairedTest>;
  readonly word: Word;
  readonly better?: string;
}

export interface OverDataSets {
  readonly rule: Rule;
  /** Data sets that have all units, and so ranks. */
  readonly ranked: number;
  readonly standings: readonly Standing[];
  /** Of the kinds that have two data sets or more. */
  readonly differences: readonly MeanDifference[];
}

/** @param comparisons of all data sets @returns none where there is only one data set, or nothing to compare */
export function overDataSets(findings: Findings, comparisons: readonly UnitComparison[]): OverDataSets[] {
  const units = unitsOf(findings);
  if (findings.experiment.datasets.length < 2 || comparisons.length === 0) return [];
  return RULES.map((rule) => {
    const own = comparisons.filter((one) => one.rule === rule);
    const ranks = ranksOf(findings, rule);
    return {
      rule,
      ranked: ranks.length,
      standings: units.map((unit) => standingOf(unit, ranks, own)),
      differences: meanDifferences(findings, own, units),
    };
  });
}

/** Of each data set with all units finished: rank by unit. */
function ranksOf({ experiment, cells }: Findings, rule: Rule): Map<string, number>[] {
  const units = unitsOf({ cells });
  return experiment.datasets.flatMap(({ plan }) => {
    const own = cells.filter(({ dataset }) => dataset === plan.name);
    const places = placesOf(own, columnOf('test', rule));
    const isTold = places.some(({ mean }) => Number.isFinite(mean));
    return isTold && places.length === units.length
      ? [new Map(places.map(({ unit, rank }) => [unit, rank]))]
      : [];
  });
}

function standingOf(
  unit: string,
  ranks: readonly ReadonlyMap<string, number>[],
  comparisons: readonly UnitComparison[],
): Standing {
  const own = comparisons.filter(({ units }) => units.includes(unit));
  const ofUnit = ranks.map((one) => one.get(unit) as number);
  const count = (is: (one: UnitComparison) => boolean) => own.filter(is).length;
  return {
    unit,
    ...(ofUnit.length > 0 && { rank: meanOf(ofUnit) }),
    lowest: ranks.filter((one) => one.get(unit) === Math.min(...one.values())).length,
    better: count(({ better }) => better === unit),
    worse: count(({ better }) => better !== undefined && better !== unit),
    notDistinguishable: count(({ word }) => word === 'not distinguishable'),
    tooFew: count(({ word }) => word === 'too few to say'),
  };
}

function meanDifferences(
  { experiment }: Findings,
  comparisons: readonly UnitComparison[],
  units: readonly string[],
): MeanDifference[] {
  const kindOf = new Map(experiment.datasets.map(({ plan, kind }) => [plan.name, kind]));
  const all = [...kindOf.values()];
  const kinds = [...new Set(all)].filter((kind) => all.filter((one) => one === kind).length > 1);
  return kinds.flatMap((kind) => {
    const own = comparisons.filter(({ dataset }) => kindOf.get(dataset) === kind);
    const asked = experiment.datasets.filter((one) => one.kind === kind);
    const family = new Set(asked.flatMap(({ plan }) => pairsOf(plan, units)).map(eitherWay));
    const tested = [...new Set(own.map(({ units: pair }) => eitherWay(pair)))].map((name) =>
      overOne(own.filter((one) => eitherWay(one.units) === name)),
    );
    const corrected = holm(
      tested.map(({ test }) => test.p),
      family.size,
    );
    return tested.map(({ failed, ...one }, i) => {
      const test = { ...one.test, pHolm: corrected[i] };
      return { kind, ...one, test, ...wordOf(one.units, failed, test) };
    });
  });
}

/** Names a pair of units, whichever comes first. */
const eitherWay = (units: readonly string[]) => [...units].sort().join(' ');

/** One pair over its data sets, the way round of the first; one with a baseline of its own may have it the other way. */
function overOne(all: readonly UnitComparison[]) {
  const [{ units }] = all;
  const means = all
    .filter(({ test }) => test.n > 0)
    .map((one) => (one.units[0] === units[0] ? one.test.mean : -one.test.mean));
  const failed = new Set(all.flatMap((one) => one.failed.map(({ unit }) => unit)));
  return { units, failed, test: pairedTest(means) };
}

/** @param failed units that failed on seeds on which the other one did not */
function wordOf(
  units: MeanDifference['units'],
  failed: ReadonlySet<string>,
  { n, mean, pHolm }: Corrected<PairedTest>,
) {
  if (n < LEAST_DATASETS) return { word: 'too few to say' } as const;
  const better = units[mean < 0 ? 0 : 1];
  return failed.has(better) || (pHolm ?? 1) >= SIGNIFICANCE
    ? ({ word: 'not distinguishable' } as const)
    : ({ word: 'better', better } as const);
}
