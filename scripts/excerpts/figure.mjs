import { appearances } from '../../dist/report/appearance.js';
import { unitsOf } from '../../dist/report/findings.js';
import { cutAt, REACH, reachOf } from '../../dist/report/plots/differences.js';
import { drawSvg } from '../../dist/report/plots/draw.js';
import { onWhite } from '../../dist/report/plots/theme.js';
import { formatDifference } from '../../dist/report/text.js';
import { registeredTitle } from '../../dist/report/unit-title.js';
import { pairText } from '../../dist/report/verdict/pair-text.js';
import { verdictOf } from '../../dist/report/verdict/verdict.js';

/** @typedef {import('../../dist/report/findings.js').Findings} Findings */
/** @typedef {import('../../dist/report/plots/theme.js').Theme} Theme */
/** @typedef {import('../../dist/report/verdict/comparison.js').UnitComparison} UnitComparison */

const UNDECIDED = 'not distinguishable';
/** Pixels of a pair's row and of the plot. */
const [ROW, WIDTH] = [20, 400];
/** Pixels of a data set's panel where units stand beside a baseline. */
const [UNIT_ROW, PANEL_WIDTH] = [19, 118];
/** Colours of a light page, and what stands for them on a dark one. */
const [BETTER, WORSE] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#b84a00', dark: '#f0944d' },
];
const DARK = { ground: '#0d1117', text: '#f0f3f6', faint: '#9ea7b3', grid: '#30363d' };

/**
 * All differences of the test NLL per frame that can be judged, data set by data set, those of a kind on one axis: the
 * mean, the 95 % interval over the seeds (thick) and over seeds and test sequences (thin), in the colour of the unit
 * that is better.
 *
 * @param {Findings} findings
 */
export async function verdictsFigure(findings) {
  const looks = appearances(unitsOf(findings));
  const theme = onWhite(looks);
  const { datasets } = verdictOf(findings);
  const kinds = [...new Set(datasets.map(({ kind }) => kind))].map((kind) =>
    datasets
      .filter((one) => one.kind === kind)
      .flatMap(({ comparisons }) => comparisons['per frame'])
      .filter(({ word }) => word !== 'too few to say'),
  );
  const colours = new Map([
    [UNDECIDED, { light: theme.faint, dark: DARK.faint }],
    ...[...looks].map(
      ([unit, { light, dark }]) =>
        /** @type {const} */ ([`${registeredTitle(unit)} is better`, { light, dark }]),
    ),
  ]);
  const svg = await drawSvg(
    differencesSpec(
      kinds.filter(({ length }) => length > 0),
      colours,
      theme.text,
    ),
    theme,
  );
  return onLightAndDark(svg, theme, [...looks.values()]);
}

/**
 * The test NLL per frame of each unit less the baseline's, a panel a data set; the units in the order of their mean
 * ranks.
 *
 * @param {Findings} findings of an experiment with a baseline
 */
export async function baselineFigure(findings) {
  const theme = onWhite(appearances(unitsOf(findings)));
  const { datasets, over } = verdictOf(findings);
  const ranks = new Map(over[0]?.standings.map(({ unit, rank }) => [unit, rank ?? 0]));
  const rankOf = (/** @type {UnitComparison} */ { units: [unit] }) => ranks.get(unit) ?? 0;
  const all = datasets
    .flatMap(({ comparisons }) => comparisons['per frame'])
    .sort((a, b) => rankOf(a) - rankOf(b));
  const colours = new Map([
    ['better', BETTER],
    [UNDECIDED, { light: theme.faint, dark: DARK.faint }],
    ['worse', WORSE],
  ]);
  const svg = await drawSvg(baselineSpec(all, colours, theme.text), theme);
  return onLightAndDark(svg, theme, [BETTER, WORSE]);
}

/**
 * @param {readonly UnitComparison[]} all in the order of the units
 * @param {ReadonlyMap<string, { light: string }>} colours by what is found
 * @param {string} text its colour
 */
function baselineSpec(all, colours, text) {
  const rows = all.map((one) => ({
    ...withinReach(intervalsOf(one), reachOf(all.filter(({ dataset }) => dataset === one.dataset))),
    pair: registeredTitle(one.units[0]),
    found: one.better === undefined ? UNDECIDED : one.better === one.units[0] ? 'better' : 'worse',
    beyond: `${formatDifference(one.test.mean, 1)} →`,
  }));
  const title = `less ${registeredTitle(all[0].units[1])}, nats`;
  return {
    data: { values: rows },
    facet: { column: facetBy(all, text) },
    spacing: 10,
    resolve: { scale: { x: 'independent' } },
    spec: {
      width: PANEL_WIDTH,
      height: { step: UNIT_ROW },
      ...layersOf(colours, rows, text, { title, tickCount: 3 }),
    },
  };
}

/**
 * @param {readonly (readonly UnitComparison[])[]} kinds what is judged of each kind of data, at least one each
 * @param {ReadonlyMap<string, { light: string }>} colours by what is found
 * @param {string} text its colour
 */
function differencesSpec(kinds, colours, text) {
  const rowOf = (/** @type {UnitComparison} */ one) => ({
    ...intervalsOf(one),
    pair: pairText(one.units, registeredTitle),
    found: one.better === undefined ? UNDECIDED : `${registeredTitle(one.better)} is better`,
  });
  const axis = {
    title: 'difference of the test NLL, nats a frame; below 0 the first is better',
    tickCount: 6,
    labelOverlap: false,
  };
  const layers = layersOf(colours, kinds.flat().map(rowOf), text, axis);
  return {
    spacing: 12,
    vconcat: kinds.map((all) => ({
      data: { values: all.map(rowOf) },
      facet: { row: facetBy(all, text) },
      spacing: 4,
      spec: { width: WIDTH, height: { step: ROW }, ...layers },
    })),
  };
}

/** @param {UnitComparison} comparison */
const intervalsOf = ({ dataset, test, bootstrap }) => ({
  dataset,
  mean: test.mean,
  low: test.mean - (test.interval ?? 0),
  high: test.mean + (test.interval ?? 0),
  lower: bootstrap?.low,
  upper: bootstrap?.high,
});

/**
 * The intervals as far as a panel reaches; of a unit beyond it nothing but where the panel ends.
 *
 * @param {ReturnType<typeof intervalsOf>} intervals
 * @param {number} reach nats
 */
function withinReach(intervals, reach) {
  const { dataset, mean } = intervals;
  if (Math.abs(mean) > reach) return { dataset, edge: (Math.sign(mean) * reach) / REACH };
  return cutAt(intervals, reach);
}

/**
 * A panel a data set, its name above it.
 *
 * @param {readonly UnitComparison[]} all
 * @param {string} text its colour
 */
const facetBy = (all, text) => ({
  field: 'dataset',
  sort: [...new Set(all.map(({ dataset }) => dataset))],
  title: null,
  header: {
    labelColor: text,
    labelAnchor: 'start',
    labelAlign: 'left',
    labelFontSize: 12,
    labelPadding: 2,
    labelOrient: 'top',
  },
});

/**
 * A row a pair: the line at 0, both intervals and the mean.
 *
 * @param {ReadonlyMap<string, { light: string }>} colours by what is found
 * @param {readonly { found: string, edge?: number }[]} rows
 * @param {string} text its colour
 * @param {{ title: string, tickCount: number, labelOverlap?: boolean }} axis of the differences
 */
function layersOf(colours, rows, text, { title, ...axis }) {
  const found = [...colours.keys()].filter((word) => rows.some((row) => row.found === word));
  const color = {
    field: 'found',
    type: 'nominal',
    title: null,
    scale: { domain: found, range: found.map((word) => colours.get(word)?.light) },
    legend: {
      orient: 'top',
      symbolType: 'square',
      symbolOpacity: 1,
      labelLimit: 0,
      columnPadding: 14,
      // Text is measured without a font here, wider than it is.
      columns: found.length > 3 ? 2 : found.length,
    },
  };
  const x = (/** @type {string} */ field) => ({ field, type: 'quantitative', title, axis });
  return {
    encoding: {
      y: { field: 'pair', type: 'nominal', sort: null, title: null, axis: { tickSize: 0, domain: false } },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1, color: text },
        encoding: { y: null, x: { datum: 0, type: 'quantitative' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x: x('lower'), x2: { field: 'upper' }, color },
      },
      {
        mark: { type: 'rule', strokeWidth: 6, opacity: 0.45 },
        encoding: { x: x('low'), x2: { field: 'high' }, color },
      },
      { mark: { type: 'tick', thickness: 2.5, height: 13, opacity: 1 }, encoding: { x: x('mean'), color } },
      ...(rows.some((row) => row.edge !== undefined)
        ? [
            {
              transform: [{ filter: 'isValid(datum.edge)' }],
              mark: { type: 'text', align: 'right', color: text },
              encoding: { x: x('edge'), text: { field: 'beyond' } },
            },
          ]
        : []),
    ],
  };
}

/**
 * A drawing that takes the dark colours where the page around it is dark; other programs than browsers see the light.
 *
 * @param {string} svg
 * @param {Theme} theme
 * @param {readonly { light: string, dark: string }[]} colours beside the theme's
 */
function onLightAndDark(svg, theme, colours) {
  const pairs = [
    [theme.background, DARK.ground],
    [theme.text, DARK.text],
    [theme.faint, DARK.faint],
    [theme.grid, DARK.grid],
    ...colours.map(({ light, dark }) => [light, dark]),
  ];
  const rules = pairs.flatMap(([light, dark]) =>
    ['fill', 'stroke'].map((what) => `[${what}="${light}"]{${what}:${dark}}`),
  );
  return svg.replace(
    /<svg[^>]*>/,
    (tag) => `${tag}\n<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`,
  );
}
