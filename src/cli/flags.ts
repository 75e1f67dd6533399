import { InvalidArgumentError } from 'commander';

/** Parses the number of a flag; commander turns the error into its one line. Ranges are the schema's. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It has to be a number.');
  return value;
}

/** The flag of a field: learningRate → --learning-rate. */
export function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
