import type { Appearance, Shape } from '../appearance.js';
import { registeredTitle, type UnitTitle } from '../unit-title.js';

/** Colours of a plot; on a page they are names of CSS variables, so that they follow light and dark. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  /** In the order of the experiment. */
  readonly units: ReadonlyMap<string, { readonly colour: string; readonly shape: Shape }>;
  readonly unitTitle: UnitTitle;
  /** Whether panels have legends of their own. */
  readonly hasLegends: boolean;
}

export function onWhite(
  units: ReadonlyMap<string, Appearance>,
  unitTitle: UnitTitle = registeredTitle,
): Theme {
  return {
    background: '#ffffff',
    text: '#24292f',
    faint: '#57606a',
    grid: '#e4e7eb',
    units: new Map([...units].map(([unit, { light, shape }]) => [unit, { colour: light, shape }])),
    unitTitle,
    hasLegends: true,
  };
}

export function onPage(
  units: ReadonlyMap<string, Appearance>,
  unitTitle: UnitTitle = registeredTitle,
): Theme {
  return {
    background: 'transparent',
    text: 'var(--text)',
    faint: 'var(--faint)',
    grid: 'var(--grid)',
    units: new Map(
      [...units].map(([unit, { shape }], place) => [unit, { colour: `var(${unitVariable(place)})`, shape }]),
    ),
    unitTitle,
    hasLegends: false,
  };
}

/** The CSS variable with the colour of a unit. @param place in the experiment, from 0 */
export const unitVariable = (place: number) => `--unit-${place}`;

/** Points. Panels of the page are drawn at the size of a telephone and never smaller. */
const TEXT_SIZE = 12;

export function configOf(theme: Theme): object {
  const label = {
    labelColor: theme.text,
    titleColor: theme.text,
    labelFontSize: TEXT_SIZE,
    titleFontSize: TEXT_SIZE,
  };
  return {
    font: 'system-ui, sans-serif',
    background: theme.background,
    title: { color: theme.text, fontSize: TEXT_SIZE + 1, anchor: 'start' },
    axis: {
      ...label,
      titleFontWeight: 'normal',
      gridColor: theme.grid,
      domainColor: theme.text,
      tickColor: theme.text,
    },
    legend: {
      ...label,
      symbolStrokeColor: theme.text,
      orient: 'top',
      symbolSize: 120,
    },
    view: { stroke: theme.grid },
  };
}

/** The channel that gives each unit its colour; the field holds its name. */
export function unitColour(theme: Theme): object {
  const { units, hasLegends } = theme;
  return {
    field: 'unit',
    type: 'nominal',
    title: null,
    scale: { domain: [...units.keys()], range: Array.from(units.values(), ({ colour }) => colour) },
    legend: hasLegends ? titledLegend(theme) : null,
  };
}

export function unitShape(theme: Theme): object {
  const { units, hasLegends } = theme;
  return {
    field: 'unit',
    type: 'nominal',
    title: null,
    scale: { domain: [...units.keys()], range: Array.from(units.values(), ({ shape }) => shape) },
    legend: hasLegends ? titledLegend(theme) : null,
  };
}

function titledLegend({ units, unitTitle }: Theme): object {
  const titles = Object.fromEntries(Array.from(units.keys(), (unit) => [unit, unitTitle(unit)]));
  return { labelExpr: `(${JSON.stringify(titles)})[datum.label]`, symbolOpacity: 1 };
}

/** Width that the labels of an NLL axis have, so that zoomed ones have room as well. */
const LABELS = 32;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Share of an axis beyond the lowest and the highest value, or of these where it is logarithmic. */
const MARGIN = 0.03;

/** Logarithmic as in the paper, where all values are positive; densities can make the NLL of speech negative. */
export function nllScale([low, high]: readonly [low: number, high: number]) {
  const room = MARGIN * (high - low);
  return low > 0
    ? {
        isLog: true,
        scale: { type: 'log', nice: false, domain: [low * (1 - MARGIN), high * (1 + MARGIN)] },
        format: '~g',
      }
    : {
        isLog: false,
        scale: { zero: false, nice: false, domain: [low - room, high + room] },
        format: '~s',
      };
}

/**
 * The y axis of NLLs.
 *
 * @param title its lines: one that is longer than the panel is high would make room for itself around the panel
 */
export function nllAxis(
  values: readonly number[],
  title: readonly string[] = ['NLL per frame, nats'],
  field = 'nll',
): object {
  const { isLog, scale, format } = nllScale([Math.min(...values), Math.max(...values)]);
  return {
    field,
    type: 'quantitative',
    title: isLog ? title : [...title, '(linear axis)'],
    scale,
    axis: { format, tickCount: 6, minExtent: LABELS },
  };
}
