import { spansOfRoll } from '../../data/piano-roll.js';
import { LOWEST_NOTE, type PianoRoll } from '../../data/sequence.js';
import { noteName } from '../../data/statistics.js';
import { draw } from './dom.js';

/** Keys that a picture shows, from the lowest to before `end`. */
export interface KeyRange {
  readonly lowest: number;
  readonly end: number;
}

const OCTAVE = 12;
/** Key of the C below the lowest whole octave: A0 is key 0. */
const LOWEST_C = 3 - OCTAVE;

/** Whole octaves, from C to C, that hold all keys of some rolls. */
export function keyRange(rolls: readonly PianoRoll[]): KeyRange {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { keys } of rolls)
    for (const key of keys) {
      low = Math.min(low, key);
      high = Math.max(high, key);
    }
  if (low > high) [low, high] = [27, 62];
  const octave = (key: number) => Math.floor((key - LOWEST_C) / OCTAVE);
  return { lowest: LOWEST_C + OCTAVE * octave(low), end: LOWEST_C + OCTAVE * (octave(high) + 1) };
}

/**
 * A roll as a picture that is stretched to its place: a frame a unit wide, a key a unit high.
 *
 * @param given frames at the beginning that are not the model's
 */
export function rollPicture(
  roll: PianoRoll,
  { lowest, end }: KeyRange,
  given: number,
  label: string,
): SVGSVGElement {
  const spans = spansOfRoll(roll);
  const path = (from: number, until: number) =>
    spans
      .filter((span) => span.from < until && span.until > from)
      .map((span) => {
        const [left, right] = [Math.max(span.from, from), Math.min(span.until, until)];
        return `M${left} ${end - 1 - span.key + 0.06}h${right - left - 0.1}v.88h${-(right - left - 0.1)}z`;
      })
      .join('');
  const octaves = Array.from({ length: (end - lowest) / OCTAVE - 1 }, (_, i) =>
    draw('line', { class: 'octave', x1: 0, x2: roll.frames, y1: OCTAVE * (i + 1), y2: OCTAVE * (i + 1) }),
  );
  return draw(
    'svg',
    {
      class: 'roll',
      viewBox: `0 0 ${roll.frames} ${end - lowest}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    ...octaves,
    draw('path', { class: 'given', d: path(0, given) }),
    draw('path', { class: 'notes', d: path(given, roll.frames) }),
    ...(given > 0 && given < roll.frames
      ? [draw('line', { class: 'given-end', x1: given, x2: given, y1: 0, y2: end - lowest })]
      : []),
  );
}

/** Names of the Cs within a range, and where they stand from the top, as a share of the height. */
export function octaveNames({ lowest, end }: KeyRange): { name: string; place: number }[] {
  return Array.from({ length: (end - lowest) / OCTAVE }, (_, i) => {
    const key = lowest + OCTAVE * i;
    return { name: noteName(LOWEST_NOTE + key), place: (end - key) / (end - lowest) };
  });
}
