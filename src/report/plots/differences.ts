import { formatDifference, formatDifferenceEstimate } from '../text.js';
import type { UnitTitle } from '../unit-title.js';
import type { UnitComparison } from '../verdict/comparison.js';
import { pairText, wordText } from '../verdict/pair-text.js';
import type { Size, Theme } from './theme.js';

/** Height of a pair's row, and of all else in the panel. */
const ROW = 34;
const AROUND = 52;

const heightOf = (pairs: number) => AROUND + ROW * pairs;

/** A pair of units as a row shows it; nats. */
interface PairRow extends Intervals {
  readonly pair: string;
  readonly colour: string;
  readonly mean: number;
  readonly label: string;
}

interface Intervals {
  /** Ends of the 95 % interval over the seeds. */
  readonly low?: number;
  readonly high?: number;
  /** Of the one over seeds and test sequences. */
  readonly lower?: number;
  readonly upper?: number;
}

/** A seed's difference in such a row. */
interface SeedPoint extends Pick<PairRow, 'pair' | 'colour' | 'label'> {
  readonly nats: number;
}

/** The better unit's; faint where neither is. */
function colourOf({ better }: UnitComparison, { units, faint }: Theme): string {
  return (better === undefined ? undefined : units.get(better)?.colour) ?? faint;
}

/** @param common the second unit of all rows, where they have one */
const rowName = ({ units }: UnitComparison, { unitTitle }: Theme, common: string | undefined) =>
  common === undefined ? pairText(units, unitTitle) : unitTitle(units[0]);

/** Pairs of which a panel may leave some out of its range: of fewer none stands out. */
const FEWEST_TO_REACH = 5;
/** How many times as far as three quarters of the pairs a panel reaches. */
export const REACH = 3;

/**
 * How far from 0 a panel of pairs reaches, nats: a unit that diverges on some test sequences would else press all
 * others into a line.
 */
export function reachOf(pairs: readonly UnitComparison[]): number {
  const extents = pairs.map(extentOf).sort((a, b) => a - b);
  if (extents.length < FEWEST_TO_REACH) return Number.POSITIVE_INFINITY;
  return REACH * extents[Math.floor(0.75 * (extents.length - 1))];
}

function extentOf({ test: { mean, interval = 0 }, bootstrap, differences }: UnitComparison): number {
  const ends = [mean - interval, mean + interval, bootstrap?.low ?? 0, bootstrap?.high ?? 0];
  return Math.max(...[...ends, ...differences.map(({ nats }) => nats)].map(Math.abs));
}

/** What stands at the edge for a pair beyond the panel: `+24.617 ± 38.799 →` */
export function beyondText({ test }: UnitComparison): string {
  const text = formatDifferenceEstimate(test);
  return test.mean < 0 ? `← ${text}` : `${text} →`;
}

function pairRow(one: UnitComparison, theme: Theme, common: string | undefined): PairRow {
  const { test, bootstrap } = one;
  const { unitTitle } = theme;
  const { mean, interval } = test;
  return {
    pair: rowName(one, theme, common),
    colour: colourOf(one, theme),
    mean,
    ...(interval !== undefined && { low: mean - interval, high: mean + interval }),
    ...(bootstrap && { lower: bootstrap.low, upper: bootstrap.high }),
    label: `${pairText(one.units, unitTitle)}: ${formatDifferenceEstimate(test)}; ${wordText(one, unitTitle)}`,
  };
}

function seedPoints(one: UnitComparison, theme: Theme, common: string | undefined): SeedPoint[] {
  const [pair, colour] = [rowName(one, theme, common), colourOf(one, theme)];
  return one.differences.map(({ seed, nats }) => ({
    ...{ pair, colour, nats },
    label: `${pairText(one.units, theme.unitTitle)}, seed ${seed}: ${formatDifference(nats, 3)}`,
  }));
}

/** Share of what is shown that is left free on either side. */
const MARGIN = 0.06;

/** From below the lowest to above the highest of what rows and seeds show, and 0. */
function domainOf(rows: readonly PairRow[], seeds: readonly SeedPoint[]): [low: number, high: number] {
  const shown = [
    0,
    ...rows.flatMap(({ low = 0, high = 0, lower = 0, upper = 0, mean }) => [low, high, lower, upper, mean]),
    ...seeds.map(({ nats }) => nats),
  ];
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = MARGIN * (most - least || 1);
  return [least - room, most + room];
}

/** The unit with which all of several pairs compare another; then rows need not name it. */
function commonUnit(pairs: readonly UnitComparison[]): string | undefined {
  const [first, ...others] = new Set(pairs.map(({ units: [, other] }) => other));
  return pairs.length > 1 && others.length === 0 ? first : undefined;
}

/**
 * Differences of the test NLL, a row a pair: every seed a dot, the thick line the 95 % interval over the seeds, the
 * thin one over seeds and test sequences. In the colour of the better unit where one is.
 */
export function differencesPanel(
  pairs: readonly UnitComparison[],
  theme: Theme,
  more: Omit<Size, 'height'> & { title?: string },
): object {
  const common = commonUnit(pairs);
  const reach = reachOf(pairs);
  const near = pairs.filter(({ test }) => Math.abs(test.mean) <= reach);
  const rows = near.map((one) => cutAt(pairRow(one, theme, common), reach));
  const seeds = near
    .flatMap((one) => seedPoints(one, theme, common))
    .filter(({ nats }) => Math.abs(nats) <= reach);
  const far = pairs
    .filter((one) => !near.includes(one))
    .map((one) => ({ pair: rowName(one, theme, common), mean: one.test.mean, text: beyondText(one) }));
  const x = differenceAxis(
    domainOf(rows, seeds),
    common === undefined
      ? 'difference of the test NLL, nats'
      : `test NLL less that of ${theme.unitTitle(common)}, nats`,
  );
  return {
    ...more,
    height: heightOf(pairs.length),
    encoding: {
      y: {
        field: 'pair',
        type: 'nominal',
        title: null,
        sort: pairs.map((one) => rowName(one, theme, common)),
        axis: { labelLimit: 170, grid: true, tickSize: 0, domain: false },
      },
      description: { field: 'label', type: 'nominal' },
    },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: theme.text, strokeWidth: 1, aria: false },
        encoding: { y: null, x: { ...x, datum: 0 } },
      },
      ...pairLayers(rows, seeds, x),
      ...beyondLayers(far, x, theme),
    ],
  };
}

type DifferenceAxis = ReturnType<typeof differenceAxis>;

const differenceAxis = (domain: readonly [low: number, high: number], title: string) => ({
  type: 'quantitative',
  scale: { domain, nice: false, zero: false },
  title,
  axis: { tickCount: 5 },
});

/** Both intervals, the seeds and the mean of each pair. */
function pairLayers(rows: readonly PairRow[], seeds: readonly SeedPoint[], x: DifferenceAxis): object[] {
  const color = { field: 'colour', type: 'nominal', scale: null };
  const interval = (from: keyof PairRow, to: keyof PairRow, look: object) => ({
    data: { values: rows },
    transform: [{ filter: `isValid(datum.${from})` }],
    mark: { type: 'rule', ...look },
    encoding: { x: { ...x, field: from }, x2: { field: to }, color },
  });
  return [
    interval('lower', 'upper', { strokeWidth: 1.5, strokeCap: 'butt', opacity: 1 }),
    interval('low', 'high', { strokeWidth: 5, strokeCap: 'butt', opacity: 0.45 }),
    {
      data: { values: seeds },
      mark: { type: 'point', filled: true, size: 26, opacity: 0.85, yOffset: -9 },
      encoding: { x: { ...x, field: 'nats' }, color },
    },
    {
      data: { values: rows },
      mark: { type: 'tick', thickness: 2.5, height: 14, opacity: 1 },
      encoding: { x: { ...x, field: 'mean' }, color },
    },
  ];
}

/** At either edge, what lies beyond it. */
function beyondLayers(
  far: readonly { readonly pair: string; readonly mean: number; readonly text: string }[],
  x: DifferenceAxis,
  { faint }: Theme,
): object[] {
  const [low, high] = x.scale.domain;
  return [-1, 1].flatMap((side) => {
    const values = far.filter(({ mean }) => Math.sign(mean) === side);
    if (values.length === 0) return [];
    return {
      data: { values },
      mark: { type: 'text', align: side < 0 ? 'left' : 'right', color: faint },
      encoding: {
        x: { ...x, datum: side < 0 ? low : high },
        text: { field: 'text' },
        description: { field: 'text', type: 'nominal' },
      },
    };
  });
}

/** A row whose intervals end where the panel does. */
export function cutAt<Row extends Intervals>(row: Row, reach: number): Row {
  const cut = (end: number | undefined) =>
    end === undefined ? undefined : Math.max(-reach, Math.min(reach, end));
  const { low, high, lower, upper } = row;
  return {
    ...row,
    ...(low !== undefined && { low: cut(low), high: cut(high) }),
    ...(lower !== undefined && { lower: cut(lower), upper: cut(upper) }),
  };
}

/** What assistive technology says of a panel. */
export function differencesLabel(
  pairs: readonly UnitComparison[],
  dataset: string,
  unitTitle: UnitTitle,
): string {
  const all = pairs.map((one) => `${one.units.map(unitTitle).join(' less ')}: ${wordText(one, unitTitle)}`);
  return `Differences of the test NLL on ${dataset}. ${all.join('; ')}.`;
}
