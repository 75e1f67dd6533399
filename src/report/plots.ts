import { parse, type Scale, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { spansOfRoll } from '../data/piano-roll.js';
import { LOWEST_NOTE, type PianoRoll } from '../data/sequence.js';
import { type CellName, unitTitle } from './cell-name.js';
import type { CellFindings } from './findings.js';

/** Colours of a plot; on a page they are names of CSS variables, so that they follow light and dark. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly grid: string;
  readonly units: Readonly<Record<CellName, string>>;
}

/** Colours that colour-blind readers can tell apart (Okabe and Ito 2008). */
export const PAPER_WHITE: Theme = {
  background: '#ffffff',
  text: '#24292f',
  grid: '#e4e7eb',
  units: { tanh: '#d55e00', gru: '#0072b2', lstm: '#009e73' },
};

export const FOLLOWS_PAGE: Theme = {
  background: 'transparent',
  text: 'var(--text)',
  grid: 'var(--grid)',
  units: { tanh: 'var(--tanh)', gru: 'var(--gru)', lstm: 'var(--lstm)' },
};

/** A point of a learning curve. */
interface CurvePoint {
  readonly unit: string;
  readonly split: 'train' | 'validation';
  readonly epoch: number;
  readonly seconds: number;
  readonly nll: number;
}

export const OVER = { epoch: 'epochs', seconds: 'wall-clock seconds of training' } as const;
export type Over = keyof typeof OVER;

function curvePoints(cells: readonly CellFindings[]): CurvePoint[] {
  return cells.flatMap(({ unit, curve }) =>
    curve.flatMap((row) => {
      const place = { unit: unitTitle(unit), epoch: row.epoch, seconds: row.wall_clock_s };
      return [
        { ...place, split: 'train' as const, nll: row.train_nll },
        { ...place, split: 'validation' as const, nll: row.valid_nll },
      ];
    }),
  );
}

/**
 * Share of the epochs whose NLLs may lie above a panel: the fall from the initial parameters would else take most
 * of its height.
 */
export const ABOVE_THE_PANEL = 0.02;

/** A panel of Figures 2 and 3: the training and validation curves of the units of one data set. */
export function curvesPanel(
  cells: readonly CellFindings[],
  over: Over,
  theme: Theme,
  size: { width: number; height: number },
  title?: string,
): object {
  const points = curvePoints(cells);
  const epochs = Math.max(...points.map(({ epoch }) => epoch));
  const shown = points.filter(({ epoch }) => epoch > ABOVE_THE_PANEL * epochs);
  return {
    ...size,
    ...(title && { title }),
    data: { values: points },
    mark: { type: 'line', strokeWidth: 1.6, clip: true },
    encoding: {
      x: {
        field: over,
        type: 'quantitative',
        title: OVER[over],
        scale: { nice: false, zero: true },
        axis: { tickCount: 6 },
      },
      y: nllAxis(shown.map(({ nll }) => nll)),
      color: unitColour(theme),
      strokeDash: {
        field: 'split',
        type: 'nominal',
        title: null,
        scale: {
          domain: ['train', 'validation'],
          range: [
            [4, 3],
            [1, 0],
          ],
        },
      },
    },
  };
}

/** The search: the best validation NLL that each learning rate came to. */
export function searchPanel(
  cells: readonly CellFindings[],
  theme: Theme,
  size: { width: number; height: number },
): object {
  const points = cells.flatMap(({ unit, search, reported }) =>
    search
      .filter(({ valid_nll }) => valid_nll !== null)
      .map(({ learning_rate, valid_nll, status, draw }) => ({
        unit: unitTitle(unit),
        rate: learning_rate,
        nll: valid_nll,
        trained: status === 'rung' ? 'left at a rung' : 'to its end',
        best: reported.some((row) => row.draw === draw),
      })),
  );
  return {
    ...size,
    data: { values: points },
    encoding: {
      x: {
        field: 'rate',
        type: 'quantitative',
        title: 'learning rate',
        scale: { type: 'log', nice: false, padding: 12 },
        axis: { tickCount: 5, format: '.0e' },
      },
      y: nllAxis(
        points.map(({ nll }) => nll as number),
        ['best validation NLL', 'per frame, nats'],
      ),
      color: unitColour(theme),
      shape: {
        field: 'trained',
        type: 'nominal',
        title: null,
        scale: { domain: ['to its end', 'left at a rung'], range: ['circle', 'cross'] },
      },
    },
    layer: [
      { mark: { type: 'point', size: 50, strokeWidth: 1.6 } },
      {
        transform: [{ filter: 'datum.best' }],
        mark: { type: 'point', filled: true, opacity: 1, size: 60 },
      },
    ],
  };
}

/** A piano-roll: a bar for each stretch in which a key sounds. */
export function pianoRollPanel(
  roll: PianoRoll,
  theme: Theme,
  unit: CellName,
  size: { width: number; height: number },
): object {
  const notes = spansOfRoll(roll).map(({ key, from, until }) => {
    const note = LOWEST_NOTE + key;
    return { key: note, from, until, above: note + 1 };
  });
  return {
    ...size,
    data: { values: notes },
    mark: { type: 'rect', color: theme.units[unit] },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        title: 'frame',
        scale: { domain: [0, roll.frames], nice: false },
      },
      x2: { field: 'until' },
      y: {
        field: 'key',
        type: 'quantitative',
        title: 'MIDI note',
        scale: { domain: [30, 96], nice: false, clamp: true },
      },
      y2: { field: 'above' },
    },
  };
}

/**
 * Logarithmic as in the paper, where all values are positive; densities can make the NLL of speech negative.
 *
 * @param title its lines: one that is longer than the panel is high would make room for itself around the panel
 */
function nllAxis(values: readonly number[], title: readonly string[] = ['NLL per frame, nats']): object {
  const isPositive = values.every((value) => value > 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.03;
  const room = margin * (high - low);
  return {
    field: 'nll',
    type: 'quantitative',
    title: isPositive ? title : [...title, '(linear axis)'],
    scale: isPositive
      ? { type: 'log', nice: false, domain: [low * (1 - margin), high * (1 + margin)] }
      : { zero: false, nice: false, domain: [low - room, high + room] },
    axis: { format: isPositive ? '~g' : '~s', tickCount: 6 },
  };
}

const colourScale = (theme: Theme) => ({
  domain: Object.keys(theme.units).map((unit) => unitTitle(unit)),
  range: Object.values(theme.units),
});

function unitColour(theme: Theme): object {
  return { field: 'unit', type: 'nominal', title: null, scale: colourScale(theme) };
}

function configOf(theme: Theme): object {
  const label = { labelColor: theme.text, titleColor: theme.text, labelFontSize: 11, titleFontSize: 11 };
  return {
    font: 'system-ui, sans-serif',
    background: theme.background,
    title: { color: theme.text, fontSize: 13, anchor: 'start' },
    axis: {
      ...label,
      titleFontWeight: 'normal',
      gridColor: theme.grid,
      domainColor: theme.text,
      tickColor: theme.text,
    },
    legend: { ...label, symbolStrokeColor: theme.text, orient: 'top', symbolSize: 120 },
    view: { stroke: theme.grid },
  };
}

/** Where a panel's coordinates lie in its SVG: enough to turn a pointer's place into data. */
export interface PanelGeometry {
  /** Of the plotting area's upper left corner. */
  readonly left: number;
  readonly top: number;
  readonly x: AxisGeometry;
  readonly y: AxisGeometry;
}

interface AxisGeometry {
  readonly isLog: boolean;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** Draws a plot, or several side by side and one above the other. */
export async function drawSvg(spec: object, theme: Theme): Promise<string> {
  return (await viewOf(spec, theme)).toSVG();
}

/** Draws one panel and tells where its data lie. */
export async function drawPanel(
  spec: object,
  theme: Theme,
): Promise<{ svg: string; geometry: PanelGeometry }> {
  const view = await viewOf(spec, theme);
  const svg = await view.toSVG();
  const [originX, originY] = view.origin();
  const padding = view.padding() as { left: number; top: number };
  const geometry = {
    left: originX + padding.left,
    top: originY + padding.top,
    x: axisGeometry(view.scale('x')),
    y: axisGeometry(view.scale('y')),
  };
  return { svg, geometry };
}

async function viewOf(spec: object, theme: Theme): Promise<View> {
  const full = { config: configOf(theme), padding: 6, ...spec } as TopLevelSpec;
  const view = new View(parse(compile(full).spec), { renderer: 'none' });
  return view.runAsync();
}

function axisGeometry(scale: Scale & { type?: string; domain(): number[]; range(): number[] }): AxisGeometry {
  const [[low, high], [start, end]] = [scale.domain(), scale.range()];
  return { isLog: scale.type === 'log', domain: [low, high], range: [start, end] };
}
