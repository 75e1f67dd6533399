import type { Kernels } from '../../kernels/choice.js';
import { roundingOf } from '../../kernels/paths.js';
import { type Comparison, NotChecked } from './held.js';

/** Of saved parameters, relative where the NLL is above 1: float32 sums in another order. */
export const EVALUATION_TOLERANCE = 1e-5;
/** Of a training run on other kernels or another backend: small differences grow from update to update. */
export const RETRAINING_TOLERANCE = 1e-3;

/** What an NLL may differ by, nats. @param relative of the NLL where it is above 1, else nats */
export const toleranceOf = (nll: number, relative: number) => relative * Math.max(1, Math.abs(nll));

/** @param relative as of `toleranceOf` */
export function compare(
  average: Comparison['average'],
  reported: number | null,
  found: number,
  relative: number,
): Comparison {
  const before = reported ?? Number.NaN;
  const tolerance = toleranceOf(before, relative);
  return { average, reported: before, found, tolerance, holds: isWithin(found, reported, tolerance) };
}

/** Whether two numbers are as near as that; where one is not finite, whether they are the same. */
export function isWithin(a: number | null, b: number | null, tolerance: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return Math.abs((a as number) - (b as number)) <= tolerance;
}

interface KernelsName {
  readonly name: Kernels['name'];
  readonly simd?: string;
}

/** The kernels of experiment.json: `fused, avx512`. */
export function kernelsOfText(text: string): KernelsName {
  const [name, simd] = text.split(', ');
  return { name: name === 'fused' ? 'fused' : 'composed', simd };
}

/** Fused kernels give the same digits on all paths with fused multiply-adds, and on the plain path its own. */
export function giveSameDigits(here: KernelsName, there: KernelsName): boolean {
  if (here.name !== 'fused' || there.name !== 'fused') return false;
  return roundingOf(here.simd ?? 'plain') === roundingOf(there.simd ?? 'plain');
}

/** Factors that change the last bit of most float32 numbers. */
const LAST_BITS = [1 + 2 ** -23, 1 - 2 ** -23, 1 + 2 ** -22];
/** What last bits do to a number, and what other kernels do to it, are of one size where rounding decides. */
const ONE_SIZE = 10;

/**
 * @param nudged the comparisons with inputs that differ in their last bits
 * @throws NotChecked where comparisons that do not hold are off by no more than last bits explain
 */
export async function unlessRoundingDecides(
  comparisons: Comparison[],
  nudged: (factor: number) => Promise<Comparison[]>,
): Promise<Comparison[]> {
  if (comparisons.every(({ holds }) => holds)) return comparisons;
  const moved = comparisons.map(() => 0);
  for (const factor of LAST_BITS)
    for (const [i, { found }] of (await nudged(factor)).entries())
      moved[i] = Math.max(moved[i], Math.abs(found - comparisons[i].found));
  const isExplained = ({ holds, found, reported }: Comparison, i: number) =>
    holds || Math.abs(found - reported) <= ONE_SIZE * moved[i];
  if (!comparisons.every(isExplained)) return comparisons;
  const most = Math.max(...moved).toExponential(0);
  throw new NotChecked(`on other kernels rounding decides it: other last bits move it by ${most} nats`);
}
