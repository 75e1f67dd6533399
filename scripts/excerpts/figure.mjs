import { appearances } from '../../dist/report/appearance.js';
import { unitsOf } from '../../dist/report/findings.js';
import { drawSvg } from '../../dist/report/plots/draw.js';
import { onWhite } from '../../dist/report/plots/theme.js';
import { unitTitle } from '../../dist/report/unit-title.js';
import { pairText } from '../../dist/report/verdict/tables.js';
import { verdictOf } from '../../dist/report/verdict/verdict.js';

/** @typedef {import('../../dist/report/findings.js').Findings} Findings */
/** @typedef {import('../../dist/report/verdict/comparison.js').UnitComparison} UnitComparison */

const UNDECIDED = 'not distinguishable';
/** Pixels of a pair's row and of the plot. */
const [ROW, WIDTH] = [20, 400];
/** Colours of a light page, and what stands for them on a dark one. */
const DARK = { ground: '#0d1117', text: '#f0f3f6', faint: '#9ea7b3', grid: '#30363d' };

/**
 * All differences of the test NLL per frame that can be judged, data set by data set on one axis: the mean, the 95 %
 * interval over the seeds (thick) and over seeds and test sequences (thin), in the colour of the unit that is better.
 *
 * @param {Findings} findings
 */
export async function verdictsFigure(findings) {
  const looks = appearances(unitsOf(findings));
  const theme = onWhite(looks);
  const judged = verdictOf(findings)
    .datasets.flatMap(({ comparisons }) => comparisons['per frame'])
    .filter(({ word }) => word !== 'too few to say');
  const colours = new Map([
    [UNDECIDED, { light: theme.faint, dark: DARK.faint }],
    ...[...looks].map(
      ([unit, { light, dark }]) => /** @type {const} */ ([`${unitTitle(unit)} is better`, { light, dark }]),
    ),
  ]);
  const svg = await drawSvg(differencesSpec(judged, colours, theme.text), theme);
  return onLightAndDark(svg, [
    [theme.background, DARK.ground],
    [theme.text, DARK.text],
    [theme.faint, DARK.faint],
    [theme.grid, DARK.grid],
    ...[...looks.values()].map(({ light, dark }) => /** @type {const} */ ([light, dark])),
  ]);
}

/**
 * @param {readonly UnitComparison[]} all
 * @param {ReadonlyMap<string, { light: string }>} colours by what is found
 * @param {string} text its colour
 */
function differencesSpec(all, colours, text) {
  const rows = all.map(({ dataset, units, better, test, bootstrap }) => ({
    dataset,
    pair: pairText(units),
    found: better === undefined ? UNDECIDED : `${unitTitle(better)} is better`,
    mean: test.mean,
    low: test.mean - (test.interval ?? 0),
    high: test.mean + (test.interval ?? 0),
    lower: bootstrap?.low,
    upper: bootstrap?.high,
  }));
  const found = [...colours.keys()].filter((word) => rows.some((row) => row.found === word));
  const color = {
    field: 'found',
    type: 'nominal',
    title: null,
    scale: { domain: found, range: found.map((word) => colours.get(word)?.light) },
    legend: { orient: 'top', symbolType: 'square', symbolOpacity: 1, labelLimit: 0, columnPadding: 14 },
  };
  const title = 'difference of the test NLL, nats a frame; below 0 the first is better';
  const x = (/** @type {string} */ field) => ({ field, type: 'quantitative', title, axis: { tickCount: 6 } });
  return {
    data: { values: rows },
    facet: {
      row: {
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
      },
    },
    spacing: 4,
    spec: {
      width: WIDTH,
      height: { step: ROW },
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
      ],
    },
  };
}

/**
 * A drawing that takes the dark colours where the page around it is dark; other programs than browsers see the light.
 *
 * @param {string} svg
 * @param {readonly (readonly [light: string, dark: string])[]} pairs
 */
function onLightAndDark(svg, pairs) {
  const rules = pairs.flatMap(([light, dark]) =>
    ['fill', 'stroke'].map((what) => `[${what}="${light}"]{${what}:${dark}}`),
  );
  return svg.replace(
    /<svg[^>]*>/,
    (tag) => `${tag}\n<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`,
  );
}
