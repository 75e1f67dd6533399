import type { DatasetPlan } from '../experiment/config.js';

/** What the paper prints (Chung et al. 2014, arXiv:1412.3555v1), by the names of its data sets and units here. */

/** The units that it compares. */
export const PAPER_UNITS = ['tanh', 'gru', 'lstm'] as const;
export type PaperUnit = (typeof PAPER_UNITS)[number];

export const isPaperUnit = (unit: string): unit is PaperUnit => PAPER_UNITS.some((one) => one === unit);

/** By unit; others than the paper's have none. */
type OfPaper<T> = Readonly<Record<PaperUnit, T> & Partial<Record<string, T>>>;
/** By data set; others than the paper's have none. */
type BySet<T> = Readonly<Partial<Record<string, OfPaper<T>>>>;

/**
 * The data set of the paper that a plan is about; none where it takes other data or a part of it, or other sizes than
 * Table 1's, so that its numbers stand beside none of the paper's.
 */
export function paperSetOf({ dataset, training, parameters, hiddenUnits }: PlanOfSet): string | undefined {
  const hasSizes = parameters === undefined && PAPER_UNITS.every((unit) => hiddenUnits[unit] === undefined);
  return dataset in PAPER_TABLE_2 && training.maxSequences === undefined && hasSizes ? dataset : undefined;
}

type PlanOfSet = Pick<DatasetPlan, 'dataset' | 'training' | 'parameters' | 'hiddenUnits'>;

interface TrainAndTest {
  readonly train: number;
  readonly test: number;
}

/** Table 2: average negative log-probability, nats. speech-a and speech-b stand in Ubisoft A's and B's place. */
export const PAPER_TABLE_2: BySet<TrainAndTest> = {
  nottingham: {
    tanh: { train: 3.22, test: 3.13 },
    gru: { train: 2.79, test: 3.23 },
    lstm: { train: 3.08, test: 3.2 },
  },
  'jsb-chorales': {
    tanh: { train: 8.82, test: 9.1 },
    gru: { train: 6.94, test: 8.54 },
    lstm: { train: 8.15, test: 8.67 },
  },
  musedata: {
    tanh: { train: 5.64, test: 6.23 },
    gru: { train: 5.06, test: 5.99 },
    lstm: { train: 5.18, test: 6.23 },
  },
  'piano-midi': {
    tanh: { train: 5.64, test: 9.03 },
    gru: { train: 4.93, test: 8.82 },
    lstm: { train: 6.49, test: 9.03 },
  },
  'speech-a': {
    tanh: { train: 6.29, test: 6.44 },
    gru: { train: 2.31, test: 3.59 },
    lstm: { train: 1.44, test: 2.7 },
  },
  'speech-b': {
    tanh: { train: 7.61, test: 7.62 },
    gru: { train: 0.38, test: 0.88 },
    lstm: { train: 0.8, test: 1.26 },
  },
};

/** Seconds an epoch, read off Figures 2 and 3; the paper does not name its machine. */
export const PAPER_SECONDS: BySet<number> = {
  nottingham: { tanh: 39, gru: 48, lstm: 63 },
  musedata: { tanh: 56, gru: 68, lstm: 91 },
  'speech-a': { tanh: 9.3, gru: 11.2, lstm: 16.6 },
  'speech-b': { tanh: 7, gru: 12.9, lstm: 22.4 },
};

/**
 * Where the curves of Figure 2 end, read off to about 1 %: nats a sequence, the summed NLL of a set over its sequences.
 */
export const PAPER_FIGURE_2: BySet<{ readonly train: number; readonly valid: number }> = {
  nottingham: {
    tanh: { train: 882, valid: 952 },
    gru: { train: 796, valid: 987 },
    lstm: { train: 811, valid: 936 },
  },
  musedata: {
    tanh: { train: 3468, valid: 4658 },
    gru: { train: 3306, valid: 4530 },
    lstm: { train: 3315, valid: 4578 },
  },
};

/** Table 1: hidden units, and parameters of the recurrent layer. */
export const PAPER_TABLE_1: Readonly<
  Record<'music' | 'speech', OfPaper<{ readonly units: number; readonly parameters: string }>>
> = {
  music: {
    tanh: { units: 100, parameters: '≈ 20.1 k' },
    gru: { units: 46, parameters: '≈ 20.2 k' },
    lstm: { units: 36, parameters: '≈ 19.8 k' },
  },
  speech: {
    tanh: { units: 400, parameters: '≈ 168.4 k' },
    gru: { units: 227, parameters: '≈ 168.9 k' },
    lstm: { units: 195, parameters: '≈ 169.1 k' },
  },
};

/** Data sets that are not those of the paper but stand in their place: their NLLs are not comparable. */
export const STAND_INS: Readonly<Partial<Record<string, string>>> = {
  'speech-a': 'Ubisoft A',
  'speech-b': 'Ubisoft B',
};

/** Whether an experiment has a data set of the paper, or one that stands in for it. */
export const hasPaperSet = ({
  datasets,
}: {
  readonly datasets: readonly { readonly plan: PlanOfSet }[];
}): boolean => datasets.some(({ plan }) => paperSetOf(plan) !== undefined);
