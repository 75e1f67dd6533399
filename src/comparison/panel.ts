import type { Split } from '../data/sequence.js';
import { ABOVE_THE_PANEL, curveExtent, type Range } from '../report/plots/curve-extent.js';
import { drawPanel, type PanelGeometry } from '../report/plots/draw.js';
import { nllScale, onPage } from '../report/plots/theme.js';
import type { CurveRow } from '../training/curve.js';

/** What curves are drawn over: the column of a curve, and the axis's title. */
export const OVER = {
  epochs: { column: 'epoch', title: 'epochs' },
  seconds: { column: 'wall_clock_s', title: 'wall-clock seconds of training' },
} as const;
export type Over = keyof typeof OVER;

/** Colours that the style sheet has for runs; those beyond go round again, in another dash. */
const RUN_COLOURS = 8;
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
] as const;

/** The name of the style sheet's colour for a run. */
export const runColour = (index: number) => `var(--run-${(index % RUN_COLOURS) + 1})`;

/** What a panel draws of each run, a layer each. */
const PARTS = ['line', 'seam', 'label'] as const;
const layerName = (run: number, part: (typeof PARTS)[number]) => `run_${run}_${part}`;

/** The CSS selector of all that a panel draws of a run. */
export const selectorOf = (run: number) => PARTS.map((part) => `.${layerName(run, part)}_marks`).join(', ');

interface LabelledCurve {
  readonly label: string;
  readonly curve: readonly CurveRow[];
}

const SIZE = { width: 400, height: 260 };

/**
 * Draws the curves of a split over each other.
 *
 * @returns nothing where no curve has two finite points
 */
export async function drawCurves(
  curves: readonly LabelledCurve[],
  split: Split,
  over: Over,
): Promise<{ svg: string; geometry: PanelGeometry } | undefined> {
  const { column, title } = OVER[over];
  const all = curves.map(({ curve }) =>
    curve
      .map((row) => [row[column], row[`${split}_nll`]] as const)
      .filter((point) => point.every((value) => Number.isFinite(value))),
  );
  const extent = curveExtent(all);
  if (extent === undefined) return undefined;
  const axes = { x: xAxis(extent.x, title), y: yAxis(extent.y) };
  const layer = curves.flatMap(({ label }, i) => {
    const points = all[i].map(([x, y]) => ({ x, y }));
    const place = labelPlace(points, extent, i, curves.length);
    return [lineLayer(points, axes, i), ...(place ? labelLayers(place, label, axes, i) : [])];
  });
  return drawPanel({ ...SIZE, layer }, onPage(new Map()));
}

interface Point {
  readonly x: number;
  readonly y: number;
}
type Axes = { readonly x: object; readonly y: object };

function lineLayer(points: readonly Point[], axes: Axes, run: number): object {
  return {
    name: layerName(run, 'line'),
    data: { values: points },
    mark: {
      type: 'line',
      strokeWidth: 1.6,
      clip: true,
      stroke: runColour(run),
      strokeDash: DASHES[Math.floor(run / RUN_COLOURS) % DASHES.length],
    },
    encoding: axes,
  };
}

/** A run's label on its curve, with a seam of the page's colour around it. */
function labelLayers(place: Point, label: string, axes: Axes, run: number): object[] {
  const text = { type: 'text', text: label, fontSize: 11, fontWeight: 'bold' };
  const background = 'var(--background)';
  const layer = (part: 'seam' | 'label', look: object) => ({
    name: layerName(run, part),
    data: { values: [place] },
    mark: { ...text, ...look },
    encoding: axes,
  });
  return [
    layer('seam', { fill: background, stroke: background, strokeWidth: 4, strokeJoin: 'round' }),
    layer('label', { fill: runColour(run) }),
  ];
}

/** Where a label stands: on the later part of its curve, each run's at another share of the way. */
function labelPlace(
  points: readonly Point[],
  { x, y }: { readonly x: Range; readonly y: Range },
  run: number,
  runs: number,
): Point | undefined {
  const shown = points.filter((point) => point.y <= y[1] && point.x > ABOVE_THE_PANEL * x[1]);
  const share = 0.25 + (0.7 * (run + 1)) / (runs + 1);
  return shown[Math.floor(share * (shown.length - 1))];
}

function xAxis(domain: Range, title: string): object {
  return { field: 'x', type: 'quantitative', title, scale: { domain, nice: false }, axis: { tickCount: 6 } };
}

function yAxis(domain: Range): object {
  const { isLog, scale, format } = nllScale(domain);
  return {
    field: 'y',
    type: 'quantitative',
    title: isLog ? 'NLL per frame, nats' : 'NLL per frame, nats (linear axis)',
    scale,
    axis: { format, tickCount: 6 },
  };
}
