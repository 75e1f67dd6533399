import { formatDifference } from '../text.js';
import { unitTitle } from '../unit-title.js';
import type { UnitComparison } from '../verdict/comparison.js';
import { pairText, wordText } from '../verdict/tables.js';
import type { Size, Theme } from './theme.js';

/** Height of a pair's row, and of all else in the panel. */
const ROW = 34;
const AROUND = 52;

const heightOf = (pairs: number) => AROUND + ROW * pairs;

/** A pair of units as a row shows it; nats. */
interface PairRow {
  readonly pair: string;
  readonly colour: string;
  readonly mean: number;
  /** Ends of the 95 % interval over the seeds. */
  readonly low?: number;
  readonly high?: number;
  /** Of the one over seeds and test sequences. */
  readonly lower?: number;
  readonly upper?: number;
  readonly label: string;
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
const rowName = ({ units }: UnitComparison, common: string | undefined) =>
  common === undefined ? pairText(units) : unitTitle(units[0]);

function pairRow(one: UnitComparison, theme: Theme, common: string | undefined): PairRow {
  const { test, bootstrap } = one;
  const { mean, interval } = test;
  const margin = interval === undefined ? '' : ` ± ${interval.toFixed(3)}`;
  return {
    pair: rowName(one, common),
    colour: colourOf(one, theme),
    mean,
    ...(interval !== undefined && { low: mean - interval, high: mean + interval }),
    ...(bootstrap && { lower: bootstrap.low, upper: bootstrap.high }),
    label: `${pairText(one.units)}: ${formatDifference(mean, 3)}${margin}; ${wordText(one)}`,
  };
}

function seedPoints(one: UnitComparison, theme: Theme, common: string | undefined): SeedPoint[] {
  const [pair, colour] = [rowName(one, common), colourOf(one, theme)];
  return one.differences.map(({ seed, nats }) => ({
    ...{ pair, colour, nats },
    label: `${pairText(one.units)}, seed ${seed}: ${formatDifference(nats, 3)}`,
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
  const rows = pairs.map((one) => pairRow(one, theme, common));
  const seeds = pairs.flatMap((one) => seedPoints(one, theme, common));
  const x = {
    type: 'quantitative',
    scale: { domain: domainOf(rows, seeds), nice: false, zero: false },
    title:
      common === undefined
        ? 'difference of the test NLL, nats'
        : `test NLL less that of ${unitTitle(common)}, nats`,
    axis: { tickCount: 5 },
  };
  const color = { field: 'colour', type: 'nominal', scale: null };
  const interval = (from: keyof PairRow, to: keyof PairRow, look: object) => ({
    data: { values: rows },
    transform: [{ filter: `isValid(datum.${from})` }],
    mark: { type: 'rule', ...look },
    encoding: { x: { ...x, field: from }, x2: { field: to }, color },
  });
  return {
    ...more,
    height: heightOf(pairs.length),
    encoding: {
      y: {
        field: 'pair',
        type: 'nominal',
        title: null,
        sort: null,
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
    ],
  };
}

/** What assistive technology says of a panel. */
export function differencesLabel(pairs: readonly UnitComparison[], dataset: string): string {
  const all = pairs.map((one) => `${one.units.map(unitTitle).join(' less ')}: ${wordText(one)}`);
  return `Differences of the test NLL on ${dataset}. ${all.join('; ')}.`;
}
