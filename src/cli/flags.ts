import { InvalidArgumentError } from 'commander';
import { MOST_THREADS } from '../platform/backend-names.js';
import { Misuse } from '../platform/failure.js';

/** The flags of what a command prints. */
export interface Output {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Parses the number of a flag; commander turns the error into its one line. Ranges are the schema's. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It has to be a number.');
  return value;
}

/**
 * Parses a flag that counts something, where no schema follows that knows its range.
 *
 * @throws Misuse where it is no whole number from `least` to `most`
 */
export function wholeNumber(flag: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = parseNumber(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new Misuse(`${flag} ${text}: it has to be a whole number ${range}`);
  };
}

export const parseThreads = wholeNumber('--threads', 1, MOST_THREADS);

/** The flag of a field: learningRate → --learning-rate. */
export function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
