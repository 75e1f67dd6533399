import { intervalText } from './text.js';

/** A table as text, which the terminal, Markdown and the page each show in their way. */
export interface TextTable {
  readonly title: string;
  /** How many of the first columns name a row. */
  readonly names: number;
  readonly header: readonly string[];
  readonly rows: readonly (readonly TextCell[])[];
}

export interface TextCell {
  readonly text: string;
  readonly isBest?: boolean;
  /** The exact value behind the text, for the page. */
  readonly value?: number;
}

/** Rows that one reads through; more are folded away on a page, and left out on a terminal. */
const READABLE_ROWS = 30;

export const isReadable = ({ length }: readonly unknown[]): boolean => length <= READABLE_ROWS;

export const cell = (text: string): TextCell => ({ text });

/** A number, with its exact value for the page; a dash where there is none. */
export function numberCell(value: number | undefined, format: (value: number) => string): TextCell {
  return value === undefined || Number.isNaN(value) ? cell('–') : { text: format(value), value };
}

export const rangeCell = (low: number, high: number): TextCell => ({
  text: intervalText(low, high),
  value: low,
});
