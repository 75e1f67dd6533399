/** A range of numbers, the lower end first. */
export type Range = readonly [low: number, high: number];

/**
 * Share of the way along x in which curves may lie above a panel: the fall from the initial parameters would else
 * take most of its height.
 */
export const ABOVE_THE_PANEL = 0.02;

/** How many times as high as nearly all else a spike has to be before a panel cuts it off. */
const HEIGHTS_OF_A_SPIKE = 2;

/** The NLLs that a panel has room for, and whether there are single ones far above nearly all others. */
export function heightOfCurves(points: readonly { readonly epoch: number; readonly nll: number }[]): {
  nlls: number[];
  hasSpikes: boolean;
} {
  const epochs = Math.max(...points.map(({ epoch }) => epoch));
  const after = points.filter(({ epoch }) => epoch > ABOVE_THE_PANEL * epochs).map(({ nll }) => nll);
  const sorted = after.toSorted((a, b) => a - b);
  const nearlyAll = sorted[Math.floor((1 - ABOVE_THE_PANEL) * (sorted.length - 1))];
  const limit = nearlyAll + HEIGHTS_OF_A_SPIKE * (nearlyAll - sorted[0]);
  const nlls = after.filter((nll) => nll <= limit);
  return { nlls, hasSpikes: nlls.length < after.length };
}

/** Beyond this, numbers of a failing run lie outside of any panel. */
const LARGEST = 1e100;
/** The least height of a panel, as a share of the numbers in it: less is rounding. */
const LEAST_SHARE = 1e-5;

/**
 * What a panel of curves shows: x from 0 to the end of the longest, y all that the curves come to, but for their first
 * fall.
 *
 * @param curves points whose numbers are finite, x ascending
 * @returns nothing where no curve has two points
 */
export function curveExtent(
  curves: readonly (readonly (readonly [x: number, y: number])[])[],
): { readonly x: Range; readonly y: Range } | undefined {
  if (!curves.some((points) => points.length > 1)) return undefined;
  const end = curves.reduce((most, points) => Math.max(most, points.at(-1)?.[0] ?? 0), 0);
  // Each curve is shown at least in part, however short it is beside the longest.
  const shown = curves.flatMap((points) => {
    const later = points.filter(([x]) => x > ABOVE_THE_PANEL * end);
    return later.length > 0 ? later : points.slice(-1);
  });
  if (end <= 0) return undefined;
  const [low, high] = shown.reduce<Range>(
    ([least, most], [, y]) => [Math.min(least, y), Math.max(most, y)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const [bottom, top] = [Math.max(low, -LARGEST), Math.min(high, LARGEST)];
  const least = LEAST_SHARE * Math.max(Math.abs(bottom), Math.abs(top), 1);
  const room = Math.max(least - (top - bottom), 0) / 2;
  return { x: [0, end], y: [bottom - room, top + room] };
}
