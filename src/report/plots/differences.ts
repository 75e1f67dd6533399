import { formatDifference } from '../text.js';
import { unitTitle } from '../unit-title.js';
import type { UnitComparison } from '../verdict/comparison.js';
import { pairText, wordText } from '../verdict/tables.js';
import type { Size, Theme } from './theme.js';

/** Height of a pair's row, and of all else in the panel. */
const ROW = 34;
const AROUND = 52;

export const heightOf = (pairs: number) => AROUND + ROW * pairs;

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
  const colourOf = ({ better }: UnitComparison) =>
    better === undefined ? theme.faint : (theme.units.get(better)?.colour ?? theme.faint);
  const common = commonUnit(pairs);
  const rowName = ({ units }: UnitComparison) =>
    common === undefined ? pairText(units) : unitTitle(units[0]);
  const rows = pairs.map((one) => {
    const { test, bootstrap } = one;
    const [mean, interval] = [test.mean, test.interval];
    return {
      ...{ pair: rowName(one), colour: colourOf(one), mean },
      ...(interval !== undefined && { low: mean - interval, high: mean + interval }),
      ...(bootstrap && { lower: bootstrap.low, upper: bootstrap.high }),
      label: `${pairText(one.units)}: ${formatDifference(mean, 3)}${interval === undefined ? '' : ` ± ${interval.toFixed(3)}`}; ${wordText(one)}`,
    };
  });
  const seeds = pairs.flatMap((one) =>
    one.differences.map(({ seed, nats }) => ({
      ...{ pair: rowName(one), colour: colourOf(one), nats },
      label: `${pairText(one.units)}, seed ${seed}: ${formatDifference(nats, 3)}`,
    })),
  );
  const shown = [
    0,
    ...rows.flatMap(({ low = 0, high = 0, lower = 0, upper = 0, mean }) => [low, high, lower, upper, mean]),
    ...seeds.map(({ nats }) => nats),
  ];
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const room = 0.06 * (most - least || 1);
  const x = {
    type: 'quantitative',
    scale: { domain: [least - room, most + room], nice: false, zero: false },
    title:
      common === undefined
        ? 'difference of the test NLL, nats'
        : `test NLL less that of ${unitTitle(common)}, nats`,
    axis: { tickCount: 5 },
  };
  const colour = { field: 'colour', type: 'nominal', scale: null };
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
      ...[
        ['lower', 'upper', 1.5],
        ['low', 'high', 5],
      ].map(([from, to, strokeWidth]) => ({
        data: { values: rows },
        transform: [{ filter: `isValid(datum.${from})` }],
        mark: { type: 'rule', strokeWidth, strokeCap: 'butt', opacity: strokeWidth === 5 ? 0.45 : 1 },
        encoding: { x: { ...x, field: from }, x2: { field: to }, color: colour },
      })),
      {
        data: { values: seeds },
        mark: { type: 'point', filled: true, size: 26, opacity: 0.85, yOffset: -9 },
        encoding: { x: { ...x, field: 'nats' }, color: colour },
      },
      {
        data: { values: rows },
        mark: { type: 'tick', thickness: 2.5, height: 14, opacity: 1 },
        encoding: { x: { ...x, field: 'mean' }, color: colour },
      },
    ],
  };
}

/** What assistive technology says of a panel. */
export function differencesLabel(pairs: readonly UnitComparison[], dataset: string): string {
  const all = pairs.map((one) => `${one.units.map(unitTitle).join(' less ')}: ${wordText(one)}`);
  return `Differences of the test NLL on ${dataset}. ${all.join('; ')}.`;
}
