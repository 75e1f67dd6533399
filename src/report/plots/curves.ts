import type { CellFindings } from '../findings.js';
import type { UnitTitle } from '../unit-title.js';
import { heightOfCurves } from './curve-extent.js';
import { nllAxis, type Size, type Theme, unitColour, unitShape } from './theme.js';

export const OVER = { epoch: 'epochs', seconds: 'wall-clock seconds of training' } as const;
export type Over = keyof typeof OVER;

export const CURVE_SPLITS = ['train', 'validation', 'test'] as const;
export type CurveSplit = (typeof CURVE_SPLITS)[number];

/** A point of a learning curve. */
interface CurvePoint {
  /** Its name. */
  readonly unit: string;
  readonly split: CurveSplit;
  readonly epoch: number;
  readonly seconds: number;
  readonly nll: number;
  /** What assistive technology calls the line. */
  readonly label: string;
}

/** Between the lowest and the highest validation NLL of the seeds that still train. */
interface BandPoint extends Pick<CurvePoint, 'unit' | 'epoch' | 'seconds' | 'label'> {
  readonly low: number;
  readonly high: number;
}

/** Where a curve of the paper ends. */
export interface PaperEnd {
  readonly unit: string;
  readonly split: 'train' | 'valid';
  readonly nll: number;
}

/** Points that the lines of a panel have together: more are not to be told apart, and make files large. */
const MOST_POINTS = 9000;

function curvePoints(
  cells: readonly CellFindings[],
  splits: readonly CurveSplit[],
  unitTitle: UnitTitle,
): CurvePoint[] {
  const every = stride(cells, splits.length);
  return cells.flatMap(({ unit, curve }) =>
    splits.flatMap((split) => {
      const label = `${unitTitle(unit)}, ${split}`;
      return curve
        .filter((_, i) => i % every === 0 || i === curve.length - 1)
        .map((row) => ({
          ...{ unit, split, label, epoch: row.epoch, seconds: row.wall_clock_s },
          nll: { train: row.train_nll, validation: row.valid_nll, test: row.test_nll }[split],
        }))
        .filter(({ nll }) => Number.isFinite(nll));
    }),
  );
}

/** Every how manieth epoch is drawn. */
function stride(cells: readonly CellFindings[], lines: number): number {
  const all = lines * cells.reduce((sum, { curve }) => sum + curve.length, 0);
  return Math.max(1, Math.ceil(all / MOST_POINTS));
}

/** Where two seeds or more train, over the mean of their seconds. */
function bandPoints(cells: readonly CellFindings[], unitTitle: UnitTitle): BandPoint[] {
  const every = stride(cells, 2);
  return cells.flatMap(({ unit, curve, furtherCurves }) => {
    const all = [curve, ...furtherCurves.map((one) => one.curve)];
    const longest = Math.max(...all.map(({ length }) => length));
    return Array.from({ length: Math.ceil(longest / every) }, (_, i) => i * every).flatMap((i) => {
      const rows = all.flatMap((one) => one[i] ?? []);
      if (rows.length < 2) return [];
      const nlls = rows.map(({ valid_nll }) => valid_nll);
      const seconds = rows.reduce((sum, { wall_clock_s }) => sum + wall_clock_s, 0) / rows.length;
      const label = `${unitTitle(unit)}, all seeds`;
      return [{ unit, epoch: i + 1, seconds, low: Math.min(...nlls), high: Math.max(...nlls), label }];
    });
  });
}

/** Marks of a unit's shape on its validation curve, so that print can do without colours. */
const MARKS = 5;

function marksOf(points: readonly CurvePoint[], units: readonly string[]): CurvePoint[] {
  return units.flatMap((unit, place) => {
    const own = points.filter((one) => one.unit === unit && one.split === 'validation');
    return Array.from({ length: MARKS }, (_, i) => {
      const share = (i + (place + 1) / (units.length + 1)) / MARKS;
      return own[Math.floor(share * own.length)];
    }).filter((one) => one !== undefined);
  });
}

/** Share of a panel's width beyond the last epoch, for marks there. */
const ROOM_FOR_MARKS = 0.03;

/** A panel of curves as Vega-Lite draws it. */
export interface CurvesPanel {
  readonly spec: object;
  /** Whether single spikes lie above it. */
  readonly hasSpikes: boolean;
}

/**
 * A panel of Figures 2 and 3: the curves of the units of one data set, and the band of the seeds.
 *
 * @param ends of the paper's curves, which are marked at the last epoch
 */
export function curvesPanel(
  cells: readonly CellFindings[],
  over: Over,
  theme: Theme,
  {
    splits,
    ends = [],
    ...more
  }: Size & { splits: readonly CurveSplit[]; ends?: readonly PaperEnd[]; title?: string },
): CurvesPanel {
  const { unitTitle } = theme;
  const points = curvePoints(cells, splits, unitTitle);
  const epochs = Math.max(...points.map(({ epoch }) => epoch));
  const band = bandPoints(cells, unitTitle);
  const marked = ends
    .filter(({ unit }) => over === 'epoch' && cells.some((cell) => cell.unit === unit))
    .map((end) => ({ ...end, epoch: epochs, label: endLabel(end, unitTitle) }));
  const { nlls, hasSpikes } = heightOfCurves(points);
  const y = nllAxis([...nlls, ...marked.map(({ nll }) => nll)]);
  const last = Math.max(...points.map((point) => point[over]));
  const x = {
    field: over,
    type: 'quantitative',
    title: marked.length > 0 ? `${OVER[over]}; large marks: where the paper’s curves end` : OVER[over],
    scale: { nice: false, domain: [0, last * (marked.length > 0 ? 1 + ROOM_FOR_MARKS : 1)] },
    axis: { tickCount: 6 },
  };
  const color = unitColour(theme);
  const description = { field: 'label', type: 'nominal' };
  const spec = {
    ...more,
    encoding: { x, color, description },
    layer: [
      {
        data: { values: band },
        mark: { type: 'area', opacity: 0.16, clip: true },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        data: { values: points },
        mark: { type: 'line', strokeWidth: 1.6, clip: true },
        encoding: { y, strokeDash: splitDash(splits, theme) },
      },
      {
        data: { values: marksOf(points, [...theme.units.keys()]) },
        mark: { type: 'point', filled: true, opacity: 1, size: 45, clip: true },
        encoding: { y, shape: unitShape(theme) },
      },
      {
        data: { values: marked },
        mark: { type: 'point', strokeWidth: 2, opacity: 1, size: 110 },
        encoding: {
          y,
          shape: unitShape(theme),
          fill: { condition: { test: "datum.split === 'train'", value: 'transparent' }, ...color },
        },
      },
    ],
  };
  return { spec, hasSpikes };
}

function endLabel({ unit, split, nll }: PaperEnd, unitTitle: UnitTitle): string {
  const curve = split === 'valid' ? 'validation' : split;
  return `${unitTitle(unit)}, ${curve}: end of the paper’s curve, ${nll.toFixed(2)}`;
}

const DASHES: Readonly<Record<CurveSplit, readonly number[]>> = {
  train: [4, 3],
  validation: [1, 0],
  test: [1, 2.5],
};

function splitDash(splits: readonly CurveSplit[], { hasLegends }: Theme): object {
  return {
    ...(!hasLegends && { legend: null }),
    field: 'split',
    type: 'nominal',
    title: null,
    scale: { domain: splits, range: splits.map((split) => DASHES[split]) },
  };
}
