/** The middle value; of an even count, the mean of the two in the middle. NaN where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Whether half of the values at most lie below a value, and half at most above: of an even count, many are medians. */
export function isMedian(value: number, values: readonly number[]): boolean {
  const half = values.length / 2;
  return (
    values.filter((one) => one < value).length <= half && values.filter((one) => one > value).length <= half
  );
}
