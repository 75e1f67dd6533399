/** The best validation NLL that a search of so many draws may be expected to find. */
export interface ExpectedBest {
  readonly draws: number;
  /** Nats; not finite where so few draws may all have diverged. */
  readonly mean: number;
  /** Standard deviation of the best of so many of the draws that were made; 0 for all of them. */
  readonly deviation: number;
}

/**
 * Expected best of n = 1 … N draws: the mean, over all sets of n of the N draws, of the lowest in the set (Tang et al.
 * 2020: without bias, unlike drawing with replacement as Dodge et al. 2019 do).
 *
 * @param nlls of the N draws; null for one that diverged before its first epoch: it is worse than any other
 */
export function expectedBest(nlls: readonly (number | null)[]): ExpectedBest[] {
  const ascending = nlls.map((nll) => nll ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const N = ascending.length;
  return ascending.map((_, i) => {
    const n = i + 1;
    const shares = sharesOfLowest(N, n);
    const average = (of: (nll: number) => number) =>
      shares.reduce((sum, share, rank) => sum + share * of(ascending[rank]), 0);
    const mean = average((nll) => nll);
    const variance = average((nll) => (nll - mean) ** 2);
    return { draws: n, mean, deviation: Math.sqrt(variance) };
  });
}

/**
 * Of all sets of n of N ranks, the share whose lowest is rank 0, 1, … N − n: binomial(N−1−rank, n−1) / binomial(N, n).
 */
function sharesOfLowest(N: number, n: number): number[] {
  const shares = [n / N];
  for (let rank = 1; rank <= N - n; rank++) shares.push((shares[rank - 1] * (N - n - rank + 1)) / (N - rank));
  return shares;
}
