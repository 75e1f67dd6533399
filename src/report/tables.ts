import type { DatasetPlan } from '../experiment/config.js';
import type { DatasetRecord } from '../experiment/records.js';
import { sizesOfPlan, type UnitSize } from '../experiment/sizes.js';
import { columnOf, RULES, type Rule } from './averaging.js';
import { type CellFindings, type Findings, nllOf } from './findings.js';
import { PAPER_TABLE_2, paperSetOf, STAND_INS } from './paper.js';
import { placesOf } from './places.js';
import type { Estimate } from './statistics.js';

export const SPLITS_REPORTED = ['train', 'test'] as const;
export type ReportedSplit = (typeof SPLITS_REPORTED)[number];

/** One number of Table 2. */
export interface TableEntry {
  readonly unit: string;
  /** Absent while the search of the cell goes on, and where all runs failed. */
  readonly ours?: Estimate;
  /** How many it is the mean of. */
  readonly seeds: number;
  /** Runs that have none that is finite. */
  readonly failed: number;
  /** Absent where the paper has no such data set or unit. */
  readonly paper?: number;
  /** Ours less the paper's; absent where the paper's recordings are others. */
  readonly difference?: number;
  /** The lowest of its row, ours (of the units with the fewest failed runs) and in the paper. */
  readonly isBest: boolean;
  readonly isBestInPaper: boolean;
}

/** A row of Table 2: a data set, a split and a rule of averaging. */
export interface TableRow {
  readonly dataset: string;
  readonly split: ReportedSplit;
  readonly rule: Rule;
  readonly entries: readonly TableEntry[];
}

/** Table 2 beside the paper's. */
export function table2(findings: Findings): TableRow[] {
  return findings.experiment.datasets.flatMap(({ plan }) =>
    SPLITS_REPORTED.flatMap((split) =>
      RULES.map((rule) =>
        tableRow(
          findings.cells.filter((cell) => cell.dataset === plan.name),
          plan,
          split,
          rule,
        ),
      ),
    ),
  );
}

function tableRow(
  cells: readonly CellFindings[],
  plan: DatasetPlan,
  split: ReportedSplit,
  rule: Rule,
): TableRow {
  const { name: dataset } = plan;
  const ofPaper = paperSetOf(plan);
  const printed = ofPaper === undefined ? undefined : PAPER_TABLE_2[ofPaper];
  const isOther = ofPaper !== undefined && STAND_INS[ofPaper] !== undefined;
  const column = columnOf(split, rule);
  const bare = cells.map(({ unit, nll, reported }) => {
    const ours = nll?.[column];
    const seeds = reported.filter((row) => nllOf(row, column) !== undefined).length;
    const paper = printed?.[unit]?.[split];
    const difference = ours && paper !== undefined && !isOther ? ours.mean - paper : undefined;
    return { unit, ours, seeds, failed: reported.length - seeds, paper, difference };
  });
  const places = placesOf(cells, column);
  const isFirst = (unit: string) => places.some((one) => one.unit === unit && one.rank === places[0].rank);
  const lowestInPaper = Math.min(...bare.map(({ paper }) => paper ?? Number.POSITIVE_INFINITY));
  const entries = bare.map((entry) => ({
    ...entry,
    isBest: bare.length > 1 && entry.ours !== undefined && isFirst(entry.unit),
    isBestInPaper: bare.length > 1 && entry.paper === lowestInPaper,
  }));
  return { dataset, split, rule, entries };
}

/** A row of Table 1. */
export interface SizeRow extends UnitSize {
  readonly kind: DatasetRecord['kind'];
  /** The kind of data; where its data sets differ in units or sizes, those that have this one. */
  readonly data: string;
}

/** Table 1: how large each unit is on a kind of data. */
export function table1({ experiment }: Findings): SizeRow[] {
  const sized = experiment.datasets.map(({ plan, kind }) => ({
    ...{ kind, name: plan.name, sizes: sizesOfPlan(plan, kind) },
  }));
  const kinds = [...new Set(sized.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const own = sized.filter((one) => one.kind === kind);
    const groups = [...new Set(own.map(({ sizes }) => JSON.stringify(sizes)))].map((key) =>
      own.filter(({ sizes }) => JSON.stringify(sizes) === key),
    );
    return groups.flatMap((group) => {
      const data = groups.length > 1 ? group.map(({ name }) => name).join(', ') : kind;
      return group[0].sizes.map((size) => ({ kind, data, ...size }));
    });
  });
}
