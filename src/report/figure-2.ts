import type { DatasetRecord } from '../experiment/records.js';
import { type CellFindings, type Findings, nllOf } from './findings.js';
import { PAPER_FIGURE_2, PAPER_TABLE_2, PAPER_UNITS, type PaperUnit, paperSetOf } from './paper.js';
import { type Estimate, estimate } from './statistics.js';

/** The end of a curve of the paper's Figure 2 beside ours; all nats a sequence: summed NLL of a set / its sequences. */
export interface FigureRow {
  readonly dataset: string;
  readonly split: 'train' | 'valid';
  readonly unit: PaperUnit;
  /** Read off the figure. */
  readonly paper: number;
  /** The last epoch of our curve, of the search's seed. */
  readonly atEnd: number;
  /** Ours less the paper's, as a share of it. */
  readonly difference: number;
  /** At the best epoch, which results.csv has of every seed. */
  readonly bySeed: readonly { readonly seed: number; readonly nats: number }[];
  readonly best: Estimate;
}

/** What Table 2 would have to print for training if it followed from Figure 2. */
export interface TableFromFigure {
  readonly dataset: string;
  readonly unit: PaperUnit;
  /** The figure's train curve at its end, over the frames that a sequence has predicted; nats. */
  readonly perFrame: number;
  /** The same per sequence, if the two averages lie apart as ours do. */
  readonly perSequence: number;
  readonly printed: number;
}

/** Predicted frames a sequence: all but its first. */
function framesASequence({ statistics }: DatasetRecord, split: 'train' | 'valid'): number {
  const { frames, sequences } = statistics[split];
  return (frames - sequences) / sequences;
}

/** Each finished unit of the figure on each of its data sets; none where the experiment has none of them. */
export function figure2(findings: Findings): FigureRow[] {
  return cellsOfFigure(findings).flatMap(({ record, unit, paper, cell }) =>
    (['train', 'valid'] as const).map((split): FigureRow => {
      const column = `${split}_nll` as const;
      const frames = framesASequence(record, split);
      const last = cell.curve[cell.curve.length - 1][column] * frames;
      const bySeed = cell.reported.flatMap((row) => {
        const nll = nllOf(row, column);
        return nll === undefined ? [] : [{ seed: row.seed, nats: nll * frames }];
      });
      return {
        ...{ dataset: record.plan.name, split, unit, paper: paper[split], atEnd: last, bySeed },
        difference: last / paper[split] - 1,
        best: estimate(bySeed.map(({ nats }) => nats)),
      };
    }),
  );
}

/** What the figure's train curves come to by either average, beside what Table 2 prints. */
export function tableFromFigure(findings: Findings): TableFromFigure[] {
  return cellsOfFigure(findings).map(({ record, unit, paper, cell: { nll }, set }) => {
    const perFrame = paper.train / framesASequence(record, 'train');
    const ratio = (nll?.train_nll_per_sequence?.mean ?? Number.NaN) / (nll?.train_nll?.mean ?? Number.NaN);
    const printed = PAPER_TABLE_2[set]?.[unit].train ?? Number.NaN;
    return { dataset: record.plan.name, unit, perFrame, perSequence: perFrame * ratio, printed };
  });
}

function cellsOfFigure({ experiment, cells }: Findings) {
  return experiment.datasets.flatMap((record) => {
    const set = paperSetOf(record.plan);
    const ends = set === undefined ? undefined : PAPER_FIGURE_2[set];
    if (set === undefined || !ends) return [];
    return PAPER_UNITS.flatMap((unit) => {
      const cell = cells.find((one) => one.dataset === record.plan.name && one.unit === unit);
      const isDone = (one: CellFindings | undefined): one is CellFindings =>
        one !== undefined && one.curve.length > 0 && one.nll?.train_nll !== undefined;
      return isDone(cell) ? [{ record, unit, paper: ends[unit], cell, set }] : [];
    });
  });
}

/** The figure's ends over the frames of a sequence, to be marked beside our curves; nats a frame. */
export function endsOfFigure(record: DatasetRecord) {
  const set = paperSetOf(record.plan);
  const ends = set === undefined ? undefined : PAPER_FIGURE_2[set];
  if (!ends) return [];
  return PAPER_UNITS.flatMap((unit) =>
    (['train', 'valid'] as const).map((split) => ({
      unit: unit as string,
      split,
      nll: ends[unit][split] / framesASequence(record, split),
    })),
  );
}
