import type { Split } from '../data/sequence.js';
import type { Findings } from './findings.js';
import { PAPER_TABLE_2, paperSetOf, STAND_INS } from './paper.js';
import { meanOf } from './statistics.js';
import { formatNumber } from './text.js';

/** The averages of a set's NLL: all its predicted frames weighted alike, or its sequences. */
export const RULES = ['per frame', 'per sequence'] as const;
export type Rule = (typeof RULES)[number];

/** The column of results.csv and of curves with an average of a split. */
export function columnOf<Of extends Split>(split: Of, rule: Rule) {
  return rule === 'per frame' ? (`${split}_nll` as const) : (`${split}_nll_per_sequence` as const);
}

/** How far our test NLLs of a data set lie from Table 2, by either average: the mean over its units, nats. */
interface Distances {
  readonly dataset: string;
  readonly frame: number;
  readonly sequence: number;
}

function distancesFromPaper({ cells, experiment }: Findings): Distances[] {
  return experiment.datasets.flatMap(({ plan }) => {
    const paper = paperSetOf(plan);
    const table = paper === undefined || STAND_INS[paper] ? undefined : PAPER_TABLE_2[paper];
    const pairs = cells.flatMap(({ dataset, unit, nll }) => {
      const printed = table?.[unit]?.test;
      const [frame, sequence] = RULES.map((rule) => nll?.[columnOf('test', rule)]?.mean);
      if (dataset !== plan.name || printed === undefined) return [];
      return frame === undefined || sequence === undefined ? [] : [{ frame, sequence, printed }];
    });
    if (pairs.length === 0) return [];
    const distance = (of: 'frame' | 'sequence') =>
      meanOf(pairs.map((pair) => Math.abs(pair[of] - pair.printed)));
    return [{ dataset: plan.name, frame: distance('frame'), sequence: distance('sequence') }];
  });
}

/** Nats by which the averages have to lie apart before a data set tells anything of them. */
const TELLING = 0.1;
/** Nats of difference below which neither is called the nearer. */
const ALIKE = 0.02;

/** The open question of the averaging rule: how far our numbers lie from the paper's by either one. */
export function averagingRule(findings: Findings): string {
  const distances = distancesFromPaper(findings);
  if (distances.length === 0) return 'No data set of the paper is finished here.';
  const show = (value: number) => formatNumber(value, 2);
  const apart = ({ frame, sequence }: Distances) => Math.abs(frame - sequence);
  const lines = distances.map((one) => {
    const { dataset, frame, sequence } = one;
    const nearer = apart(one) < ALIKE ? 'no difference' : RULES[frame < sequence ? 0 : 1];
    return `${dataset}: ${show(frame)} per frame, ${show(sequence)} per sequence (${nearer})`;
  });
  const telling = distances.filter((one) => apart(one) > TELLING);
  const perSequence = telling.filter(({ frame, sequence }) => sequence < frame);
  const names = telling.map(({ dataset }) => dataset).join(', ');
  return [
    `The paper does not say whether its averages are per frame or per sequence. Mean distance of our test NLLs from Table 2, nats, and the nearer rule: ${lines.join('; ')}.`,
    ...(telling.length > 0
      ? [
          `Where the rules lie more than ${TELLING} nats apart (${names}), per sequence is the nearer on ${perSequence.length} of ${telling.length}.`,
        ]
      : []),
  ].join(' ');
}
