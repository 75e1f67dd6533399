import { PIANO_KEYS, type PianoRoll } from './sequence.js';

/** The most frames a roll may have: 34 hours at two frames a crotchet and ♩ = 120. More is a broken file. */
export const MAX_ROLL_FRAMES = 1_000_000;

/** How many notes were left out, in a phrase that ends with the number; nothing where none was. */
export function leftOut(count: number, what: string): string[] {
  return count === 0 ? [] : [`${what} are left out: ${count}`];
}

/** The same of notes that a roll has no place for. */
export function outsideKeys(count: number): string[] {
  return leftOut(count, 'notes outside the 88 keys (MIDI 21 to 108)');
}

/** A key that sounds in frames `from` to `until` − 1. */
export interface KeySpan {
  /** 0 to 87. */
  readonly key: number;
  readonly from: number;
  readonly until: number;
}

/**
 * Spans of sounding keys → roll. Spans of one key may overlap or touch; what lies outside the frames
 * 0 to `frames` − 1 is cut off. Time and memory grow with the spans plus the sounding cells, not with their
 * product.
 */
export function rollFromSpans(frames: number, spans: readonly KeySpan[]): PianoRoll {
  const merged = mergeSpans(frames, spans);
  const starts = new Int32Array(frames + 1);
  for (const { from, until } of merged) {
    for (let frame = from; frame < until; frame++) starts[frame + 1]++;
  }
  for (let frame = 0; frame < frames; frame++) starts[frame + 1] += starts[frame];
  const keys = new Uint8Array(starts[frames]);
  const next = starts.slice(0, frames);
  for (const { key, from, until } of merged) {
    for (let frame = from; frame < until; frame++) keys[next[frame]++] = key;
  }
  return { frames, starts, keys };
}

/** Disjoint spans, keys ascending, cut to the roll. */
function mergeSpans(frames: number, spans: readonly KeySpan[]): KeySpan[] {
  const ofKey: KeySpan[][] = Array.from({ length: PIANO_KEYS }, () => []);
  for (const span of spans) ofKey[span.key].push(span);
  return ofKey.flatMap((own, key) => {
    const merged: { key: number; from: number; until: number }[] = [];
    for (const span of own.sort((a, b) => a.from - b.from)) {
      const from = Math.max(span.from, 0);
      const until = Math.min(span.until, frames);
      const last = merged.at(-1);
      if (until <= from) continue;
      if (last && from <= last.until) last.until = Math.max(last.until, until);
      else merged.push({ key, from, until });
    }
    return merged;
  });
}

/** The notes of a roll: of each key the stretches in which it sounds, in the order in which they begin. */
export function spansOfRoll({ frames, starts, keys }: PianoRoll): KeySpan[] {
  const spans: { key: number; from: number; until: number }[] = [];
  const open = new Map<number, (typeof spans)[number]>();
  for (let frame = 0; frame < frames; frame++)
    for (const key of keys.subarray(starts[frame], starts[frame + 1])) {
      const last = open.get(key);
      if (last?.until === frame) last.until = frame + 1;
      else {
        const span = { key, from: frame, until: frame + 1 };
        spans.push(span);
        open.set(key, span);
      }
    }
  return spans;
}

/** What a roll begins with. @param most frames */
export function firstFrames(roll: PianoRoll, most: number): PianoRoll {
  const frames = Math.min(roll.frames, most);
  return {
    frames,
    starts: roll.starts.slice(0, frames + 1),
    keys: roll.keys.slice(0, roll.starts[frames]),
  };
}
