import type { CurveRow } from '../../training/curve-row.js';
import { draw, make } from './dom.js';

/** A run's curve, in its colour. */
export interface Curve {
  readonly title: string;
  /** Name of a CSS variable. */
  readonly colour: string;
  readonly rows: readonly CurveRow[];
  /** The row with the lowest validation NLL. */
  readonly best?: CurveRow;
}

export type Over = 'epoch' | 'wall_clock_s';

/** A plot of learning curves, over epochs or over seconds, that is drawn anew whenever they grow. */
export interface CurvesPlot {
  /** @param end how far the axis of epochs reaches at least */
  show(curves: readonly Curve[], end: number): void;
}

const MARGIN = { top: 10, right: 12, bottom: 36, left: 46 };
const HEIGHT = 250;
/** The fall from the initial parameters would else take most of the height. */
const ABOVE_THE_PLOT = 0.02;
/** More points than this are more than pixels. */
const MOST_POINTS = 1500;
const LABEL_HEIGHT = 15;
const LETTER_WIDTH = 7.2;

const AXES: Readonly<Record<Over, { title: string; empty: number }>> = {
  epoch: { title: 'epoch', empty: 10 },
  wall_clock_s: { title: 'seconds of training', empty: 10 },
};

interface Scale {
  readonly at: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

/** @param place the figure that the plot fills */
export function makeCurvesPlot(place: HTMLElement, over: Over): CurvesPlot {
  const tip = make('div', { class: 'tip', hidden: true });
  const canvas = make('div', { class: 'plot' });
  place.prepend(canvas, tip);
  let curves: readonly Curve[] = [];
  let end = 0;
  let x: Scale | undefined;
  const redraw = () => {
    const width = Math.max(240, canvas.clientWidth);
    const labels = curves.filter(({ rows }) => rows.length > 0).map(({ title }) => title.length);
    const right =
      MARGIN.right + (labels.length > 0 ? 6 + LETTER_WIDTH * Math.min(14, Math.max(...labels)) : 0);
    x = linear(0, endOf(curves, over, end), MARGIN.left, width - right);
    canvas.replaceChildren(plot(curves, over, x, width));
  };
  new ResizeObserver(redraw).observe(canvas);

  canvas.addEventListener('pointermove', (event) => {
    if (!x || curves.every(({ rows }) => rows.length === 0)) return;
    const { left } = canvas.getBoundingClientRect();
    const share = (event.clientX - left - x.at(x.low)) / (x.at(x.high) - x.at(x.low));
    const value = x.low + Math.min(1, Math.max(0, share)) * (x.high - x.low);
    showTip(tip, canvas, curves, over, value, event.clientX - left);
    const rule = canvas.querySelector('.rule');
    rule?.setAttribute('visibility', 'visible');
    rule?.setAttribute('x1', String(x.at(value)));
    rule?.setAttribute('x2', String(x.at(value)));
  });
  canvas.addEventListener('pointerleave', () => {
    tip.hidden = true;
    canvas.querySelector('.rule')?.setAttribute('visibility', 'hidden');
  });

  return {
    show(shown, until) {
      [curves, end] = [shown, until];
      redraw();
    },
  };
}

function endOf(curves: readonly Curve[], over: Over, end: number): number {
  const last = Math.max(0, ...curves.map(({ rows }) => rows.at(-1)?.[over] ?? 0));
  return over === 'epoch' ? Math.max(last, end, 1) : last || AXES[over].empty;
}

function plot(curves: readonly Curve[], over: Over, x: Scale, width: number): SVGSVGElement {
  const bottom = HEIGHT - MARGIN.bottom;
  const y = nllScale(curves, bottom);
  const clip = `clip-${over}`;
  const right = x.at(x.high);
  const svg = draw(
    'svg',
    {
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: 'img',
      'aria-label': describe(curves, over),
    },
    draw(
      'clipPath',
      { id: clip },
      draw('rect', {
        x: MARGIN.left,
        y: MARGIN.top,
        width: right - MARGIN.left,
        height: bottom - MARGIN.top,
      }),
    ),
    ...axes(x, y, bottom, AXES[over].title),
  );
  const lines = draw('g', { 'clip-path': `url(#${clip})` });
  const marks: SVGElement[] = [];
  for (const { colour, rows, best } of curves) {
    const stroke = `stroke:var(${colour})`;
    for (const column of ['train_nll', 'valid_nll'] as const)
      lines.append(
        draw('path', { class: `curve ${column}`, style: stroke, d: pathOf(rows, over, column, x, y) }),
      );
    if (best)
      marks.push(
        draw('circle', {
          class: 'best',
          r: 4,
          cx: x.at(best[over]),
          cy: y.at(best.valid_nll),
          style: `fill:var(${colour})`,
        }),
      );
  }
  svg.append(lines, ...marks, ...endLabels(curves, over, x, y));
  svg.append(draw('line', { class: 'rule', y1: MARGIN.top, y2: bottom, visibility: 'hidden' }));
  return svg;
}

function axes(x: Scale, y: Scale, bottom: number, title: string): SVGElement[] {
  const [left, right] = [x.at(x.low), x.at(x.high)];
  return [
    ...ticks(y.low, y.high, 5).flatMap(({ value, text }) => [
      draw('line', { class: 'grid', x1: left, x2: right, y1: y.at(value), y2: y.at(value) }),
      draw('text', { class: 'tick', x: left - 8, y: y.at(value) + 4, 'text-anchor': 'end' }, text),
    ]),
    draw('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    ...ticks(x.low, x.high, Math.min(6, (right - left) / 60)).map(({ value, text }) =>
      draw('text', { class: 'tick', x: x.at(value), y: bottom + 17, 'text-anchor': 'middle' }, text),
    ),
    draw('text', { class: 'tick', x: right, y: bottom + 33, 'text-anchor': 'end' }, title),
  ];
}

function pathOf(
  rows: readonly CurveRow[],
  over: Over,
  column: 'train_nll' | 'valid_nll',
  x: Scale,
  y: Scale,
): string {
  const step = Math.ceil(rows.length / MOST_POINTS);
  return rows
    .filter((_, i) => i % step === 0 || i === rows.length - 1)
    .map((row, i) => `${i === 0 ? 'M' : 'L'}${x.at(row[over]).toFixed(1)} ${y.at(row[column]).toFixed(1)}`)
    .join('');
}

/** Titles at the ends of the curves, or beside the plot where another curve goes on; none lies on another. */
function endLabels(curves: readonly Curve[], over: Over, x: Scale, y: Scale): SVGElement[] {
  const ends = curves.flatMap(({ title, colour, rows }) => {
    const last = rows.at(-1);
    return last
      ? [{ title, colour, end: last[over], top: Math.max(y.at(last.valid_nll), MARGIN.top + 4) }]
      : [];
  });
  const farthest = Math.max(...ends.map(({ end }) => end));
  const labels = ends.sort((a, b) => a.top - b.top);
  for (const [i, label] of labels.entries())
    if (i > 0) label.top = Math.max(label.top, labels[i - 1].top + LABEL_HEIGHT);
  const below = Math.max(0, (labels.at(-1)?.top ?? 0) - (HEIGHT - MARGIN.bottom));
  return labels.map(({ title, colour, end, top }) =>
    draw(
      'text',
      {
        class: 'end-label',
        x: x.at(end < farthest ? x.high : end) + 8,
        y: top - below + 4,
        style: `fill:var(${colour})`,
      },
      title,
    ),
  );
}

/** Logarithmic, as in the paper. */
function nllScale(curves: readonly Curve[], bottom: number): Scale {
  const values = curves.flatMap(({ rows }) =>
    rows
      .filter(({ epoch }) => rows.length < 3 || epoch > ABOVE_THE_PLOT * rows.length)
      .flatMap(({ train_nll, valid_nll }) => [train_nll, valid_nll]),
  );
  const [low, high] = values.length > 0 ? [Math.min(...values) * 0.97, Math.max(...values) * 1.03] : [4, 12];
  const at = (value: number) =>
    bottom - ((bottom - MARGIN.top) * Math.log(value / low)) / Math.log(high / low);
  return { at, low, high };
}

function linear(low: number, high: number, from: number, to: number): Scale {
  return { at: (value) => from + ((to - from) * (value - low)) / (high - low), low, high };
}

/** Round values within bounds, about so many, and how they are written. */
export function ticks(low: number, high: number, count: number): { value: number; text: string }[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { value, text: value.toFixed(digits) };
  });
}

function describe(curves: readonly Curve[], over: Over): string {
  const said = curves.flatMap(({ title, rows }) => {
    const last = rows.at(-1);
    return last
      ? [
          `${title} at epoch ${last.epoch}: train ${last.train_nll.toFixed(3)}, validation ${last.valid_nll.toFixed(3)}`,
        ]
      : [];
  });
  return `Learning curves over ${AXES[over].title === 'epoch' ? 'epochs' : AXES[over].title}. ${said.join('. ') || 'Nothing is trained yet.'}`;
}

function showTip(
  tip: HTMLElement,
  canvas: HTMLElement,
  curves: readonly Curve[],
  over: Over,
  value: number,
  place: number,
): void {
  const rows = curves.flatMap(({ title, colour, rows: all }) => {
    if (all.length === 0) return [];
    const row = all.reduce((near, one) =>
      Math.abs(one[over] - value) < Math.abs(near[over] - value) ? one : near,
    );
    const cells = [
      make('th', { scope: 'row', style: `color:var(${colour})` }, title),
      ...[
        row.train_nll.toFixed(4),
        row.valid_nll.toFixed(4),
        String(row.epoch),
        `${row.wall_clock_s.toFixed(1)} s`,
      ].map((text) => make('td', {}, text)),
    ];
    return [make('tr', {}, ...cells)];
  });
  const head = make(
    'tr',
    {},
    ...['', 'train', 'valid', 'epoch', 'after'].map((text) => make('th', {}, text)),
  );
  tip.replaceChildren(make('table', {}, head, ...rows));
  tip.hidden = false;
  const most = canvas.clientWidth - tip.offsetWidth;
  tip.style.left = `${Math.max(0, Math.min(most, place + 14))}px`;
}
