import { PAPER_UNITS } from './paper.js';

/** How a unit looks in figures: a colour on white and on dark, and a shape, so that print needs no colour. */
export interface Appearance {
  readonly light: string;
  readonly dark: string;
  /** As Vega calls it. */
  readonly shape: string;
}

/**
 * Pairs of one colour on white and one on dark. Each has a contrast of at least 3 with its ground, and those next to
 * each other in the list can be told apart without red, green or blue receptors; the first three are the paper's units'
 * (by Okabe and Ito 2008).
 */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#d55e00', '#ff8c42'],
  ['#0072b2', '#58a6ff'],
  ['#00805c', '#3fc99a'],
  ['#c31eff', '#c300b4'],
  ['#4b000f', '#ffff00'],
  ['#8796a5', '#876969'],
  ['#000096', '#96ffff'],
  ['#5a4b00', '#694bff'],
  ['#780f5a', '#e11e00'],
  ['#3c1ed2', '#c3c3ff'],
  ['#5a5a78', '#a587b4'],
  ['#4b96e1', '#ffc300'],
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
