import type { Shape, Text } from './diagram.js';
import type { Notation } from './notation.js';

/** Size of a node and where wires meet it, in units of the figure. */
export interface Outline {
  readonly width: number;
  readonly height: number;
  /** For each operand, the height at the left side. */
  readonly inputs: readonly number[];
  /** Height at the right side. */
  readonly output: number;
}

export type SumShape = Extract<Shape, { kind: 'gate' | 'sum' }>;
export type BlendShape = Extract<Shape, { kind: 'blend' }>;

/** Font sizes. */
export const NAME = 16;
export const TEXT = 14;
export const SMALL = 13;
export const INDEX = 0.72;

const TAB_HEIGHT = 17;
const CIRCLE = 20;
const PILL = 24;
const PADDING = 6;
/** A small circle within a blend. */
export const BLEND_CIRCLE = 16;

/** @param isTurned whether a blend's and a difference's operands come in from the bottom up */
export function outlineOf(shape: Shape, operands: number, isTurned: boolean): Outline {
  switch (shape.kind) {
    case 'before':
    case 'input':
    case 'after':
      return evenly(widthOf([timed(shape)], NAME) + 2 * PADDING, PILL, operands);
    case 'gate':
    case 'sum': {
      const height = Math.max(2 * TAB_HEIGHT + 4, shape.terms.length * TAB_HEIGHT);
      const tab = height / shape.terms.length;
      return {
        width: tabWidth(shape) + bodyWidth(shape),
        height,
        inputs: shape.terms.flatMap(({ kind }, i) => (kind === 'constant' ? [] : [(i + 0.5) * tab])),
        output: height / 2,
      };
    }
    case 'blend': {
      const height = 74;
      const inputs = [15, height / 2, height - 15];
      const width = blendLabelWidth(shape) + 2.5 * BLEND_CIRCLE + 12;
      return { width, height, inputs: isTurned ? inputs.reverse() : inputs, output: height / 2 };
    }
    case 'add':
    case 'multiply':
      return evenly(CIRCLE, CIRCLE, operands);
    case 'subtract':
      return { width: 22, height: 34, inputs: isTurned ? [25, 9] : [9, 25], output: 17 };
    case 'divide':
      return { width: 22, height: 34, inputs: [9, 25], output: 17 };
    case 'function':
      return evenly(widthOf(shape.text, TEXT) + 2 * PADDING, PILL, operands);
  }
}

function evenly(width: number, height: number, operands: number): Outline {
  const inputs = Array.from({ length: operands }, (_, i) => (height * (i + 1)) / (operands + 1));
  return { width, height, inputs, output: height / 2 };
}

/** Width of the part of a sum that holds its terms. */
export function tabWidth({ terms }: SumShape): number {
  return Math.max(18, ...terms.map(({ text }) => widthOf(text, SMALL))) + 8;
}

/** Width of the part of a sum that holds its name and function. */
export function bodyWidth({ notation, function: name }: SumShape): number {
  return (
    Math.max(20, notation ? widthOf([notation], nameSize(notation)) : 0, widthOf([name], TEXT)) + 2 * PADDING
  );
}

/** Words are written smaller than letters. */
export function nameSize({ base }: Notation): number {
  return base.length > 3 ? SMALL : NAME;
}

/** `1 − z`, where z has a name. */
export function blendLabels({ factor }: BlendShape): { rest: Text; factor: Text } {
  return { rest: ['1 − ', factor ?? '·'], factor: [factor ?? '·'] };
}

export function blendLabelWidth(shape: BlendShape): number {
  return widthOf(blendLabels(shape).rest, SMALL);
}

/** h_{t−1}, x_t, h_t. */
export function timed({ kind, notation }: Extract<Shape, { kind: 'before' | 'input' | 'after' }>): Notation {
  return { ...notation, index: kind === 'before' ? 't−1' : 't' };
}

/** Width of a text, rather too large than too small: which font draws it is the reader's. */
export function widthOf(text: Text, size: number): number {
  const ems = text.reduce(
    (sum, piece) =>
      sum +
      (typeof piece === 'string'
        ? wordWidth(piece)
        : wordWidth(piece.base) + INDEX * wordWidth(piece.index ?? '')),
    0,
  );
  return Math.ceil(ems * size);
}

function wordWidth(word: string): number {
  return [...word].reduce(
    (sum, letter) => sum + (WIDE.test(letter) ? 0.88 : NARROW.test(letter) ? 0.34 : 0.56),
    0,
  );
}

const WIDE = /[A-Zmw⊙]/;
const NARROW = /[fijlrt.,()· ]/;
