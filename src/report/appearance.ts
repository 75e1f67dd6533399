import { PAPER_UNITS } from './paper.js';

/** How a unit looks in figures: a colour on white and on dark, and a shape, so that print needs no colour. */
export interface Appearance {
  readonly light: string;
  readonly dark: string;
  /** As Vega calls it. */
  readonly shape: Shape;
}

/**
 * Pairs of one colour on white and one on dark. Each has a contrast of at least 3 with its ground, and can be told from
 * the others without red, green or blue receptors; the first three are the paper's units' (on white by Okabe and Ito
 * 2008).
 */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#d55e00', '#ff8c42'],
  ['#0072b2', '#58a6ff'],
  ['#009e73', '#3fe0a0'],
  ['#4b0000', '#785a69'],
  ['#000096', '#ffff3c'],
  ['#962d00', '#4b69e1'],
  ['#a578ff', '#a58796'],
  ['#693c69', '#c35a0f'],
  ['#9600ff', '#a5fff0'],
  ['#2d0f4b', '#d2c3ff'],
  ['#2d2dc3', '#ffc300'],
  ['#875a5a', '#a52da5'],
];

const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
] as const;
export type Shape = (typeof SHAPES)[number];

/** Of each unit of an experiment; the paper's look the same in all. Colour and shape together repeat after 24. */
export function appearances(units: readonly string[]): Map<string, Appearance> {
  const ofPaper: readonly string[] = PAPER_UNITS;
  let next = ofPaper.length;
  return new Map(
    units.map((unit) => {
      const place = ofPaper.includes(unit) ? ofPaper.indexOf(unit) : next++;
      const [light, dark] = COLOURS[place % COLOURS.length];
      return [unit, { light, dark, shape: SHAPES[place % SHAPES.length] }];
    }),
  );
}
