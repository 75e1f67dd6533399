/** The first value that is not within its tolerance of the one expected. One `expect` for each would take most of a test's time. */
export function farOff(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  tolerance: (value: number, index: number) => number,
): { index: number; expected: number; actual: number } | undefined {
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index] - expected[index]);
    if (!(difference <= tolerance(expected[index], index)))
      return { index, expected: expected[index], actual: actual[index] };
  }
  return undefined;
}
