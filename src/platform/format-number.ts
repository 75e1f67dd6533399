const COUNT = new Intl.NumberFormat('en-US');
const THREE_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** 176,561 */
export const countOf = (n: number): string => COUNT.format(n);

/** `1 seed`, `5 seeds` */
export function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** The three digits that count: 0.0123, 4.56, 78.9, 3,580. */
export const threeDigits = (value: number): string => THREE_DIGITS.format(value);
