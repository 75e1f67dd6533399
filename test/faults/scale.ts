/** `npm run test:faults` runs the long form, `npm test` a short one of the same tests. */
export const IS_LONG = process.env.GRU_BENCH_FAULTS === 'long';

/** A count of the long form, or of the short one. */
export function runs(long: number, short: number): number {
  return IS_LONG ? long : short;
}

/** A line of the long form's summary. */
export function summary(line: string): void {
  if (IS_LONG) process.stdout.write(`\nfaults: ${line}\n`);
}

export const MINUTES = 60_000;
