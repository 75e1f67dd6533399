// @ts-check

/** @typedef {import('./harmony.mjs').Chord} Chord */

/** Bass, tenor, alto, soprano: MIDI notes from low to high. */
/** @typedef {[number, number, number, number]} Voicing */

/** Lowest and highest note of bass, tenor, alto and soprano: E2-C4, C3-G4, G3-D5, C4-G5. */
export const RANGES = /** @type {const} */ ([
  [40, 60],
  [48, 67],
  [55, 74],
  [60, 79],
]);

/** Widest gap to the voice below, for tenor, alto and soprano. */
const WIDEST_GAPS = [19, 12, 12];

/**
 * The voicing of a chord that moves on best from the one before: small steps, no crossing, few parallels,
 * tendency tones resolved, the soprano near its melodic goal.
 *
 * @param {Chord} harmony
 * @param {{ voicing: Voicing, harmony: Chord } | undefined} before
 * @param {number | undefined} goal MIDI note the soprano is drawn to; none: to the chord's root, to close on
 * @returns {Voicing}
 */
export function voice(harmony, before, goal) {
  let best;
  let lowest = Number.POSITIVE_INFINITY;
  for (const voicing of voicings(harmony)) {
    const cost =
      melodyCost(voicing[3], harmony, goal) +
      doublingCost(voicing, harmony) +
      (before ? motionCost(voicing, before) : 0);
    if (cost < lowest) {
      lowest = cost;
      best = voicing;
    }
  }
  if (!best) throw new Error(`no voicing for ${harmony.numeral}`);
  return best;
}

/**
 * @param {number} soprano
 * @param {Chord} harmony
 * @param {number | undefined} goal
 */
function melodyCost(soprano, harmony, goal) {
  if (goal !== undefined) return Math.abs(soprano - goal);
  return soprano % 12 === harmony.pitchClasses[0] ? 0 : 6;
}

/**
 * @param {Chord} harmony
 * @returns {Generator<Voicing>}
 */
function* voicings(harmony) {
  const [basses, tenors, altos, sopranos] = RANGES.map((range, index) =>
    notesIn(range, index === 0 ? [harmony.bass] : harmony.pitchClasses),
  );
  for (const bass of basses)
    for (const tenor of above(tenors, bass, WIDEST_GAPS[0]))
      for (const alto of above(altos, tenor, WIDEST_GAPS[1]))
        for (const soprano of above(sopranos, alto, WIDEST_GAPS[2])) {
          /** @type {Voicing} */
          const voicing = [bass, tenor, alto, soprano];
          if (isComplete(voicing, harmony)) yield voicing;
        }
}

/**
 * @param {readonly [number, number]} range
 * @param {readonly number[]} pitchClasses
 */
function notesIn([low, high], pitchClasses) {
  return Array.from({ length: high - low + 1 }, (_, step) => low + step).filter((note) =>
    pitchClasses.includes(note % 12),
  );
}

/**
 * @param {readonly number[]} notes
 * @param {number} lower
 * @param {number} widest
 */
function above(notes, lower, widest) {
  return notes.filter((note) => note > lower && note - lower <= widest);
}

/**
 * @param {Voicing} voicing
 * @param {Chord} harmony
 */
function isComplete(voicing, harmony) {
  const sounding = new Set(voicing.map((note) => note % 12));
  return harmony.pitchClasses.every((pitchClass) => sounding.has(pitchClass));
}

/**
 * @param {Voicing} voicing
 * @param {Chord} harmony
 */
function doublingCost(voicing, harmony) {
  const doublings = (/** @type {number | undefined} */ pitchClass) =>
    voicing.filter((note) => note % 12 === pitchClass).length - 1;
  const rootDoubled = doublings(harmony.pitchClasses[0]) > 0 ? 0 : 1;
  return rootDoubled + (doublings(harmony.leadingTone) > 0 ? 20 : 0);
}

/**
 * @param {Voicing} voicing
 * @param {{ voicing: Voicing, harmony: Chord }} before
 */
function motionCost(voicing, before) {
  const steps = voicing.map((note, index) => note - before.voicing[index]);
  const weights = [0.4, 1, 1, 0.4];
  const motion = steps.reduce((sum, step, index) => sum + weights[index] * Math.abs(step), 0);
  return motion + leapCost(steps) + parallelCost(voicing, before.voicing) + resolutionCost(steps, before);
}

/** @param {readonly number[]} steps */
function leapCost(steps) {
  return steps.reduce((sum, step, index) => {
    const widest = index === 0 ? 8 : 5;
    const tritone = Math.abs(step) === 6 ? 8 : 0;
    return sum + tritone + 4 * Math.max(0, Math.abs(step) - widest);
  }, 0);
}

/**
 * @param {Voicing} voicing
 * @param {Voicing} before
 */
function parallelCost(voicing, before) {
  let cost = 0;
  for (let lower = 0; lower < 3; lower++)
    for (let upper = lower + 1; upper < 4; upper++) {
      const interval = (voicing[upper] - voicing[lower]) % 12;
      const same = interval === (before[upper] - before[lower]) % 12;
      if (same && voicing[upper] !== before[upper] && (interval === 0 || interval === 7)) cost += 8;
    }
  return cost;
}

/**
 * @param {readonly number[]} steps
 * @param {{ voicing: Voicing, harmony: Chord }} before
 */
function resolutionCost(steps, { voicing, harmony }) {
  return steps.reduce((cost, step, index) => {
    const pitchClass = voicing[index] % 12;
    if (pitchClass === harmony.leadingTone && step !== 1 && step !== 0) return cost + (index === 3 ? 10 : 3);
    if (pitchClass === harmony.seventh && (step > 0 || step < -2)) return cost + 8;
    return cost;
  }, 0);
}
