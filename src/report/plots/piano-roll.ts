import { extent } from 'd3-array';
import { LOWEST_NOTE, type PianoRoll } from '../../data/sequence.js';
import type { Size, Theme } from './theme.js';

/** A stretch of frames in which a key sounds, from one up to before another. */
export interface Note {
  /** MIDI number. */
  readonly key: number;
  readonly from: number;
  readonly until: number;
}

export function notesOf(roll: PianoRoll): Note[] {
  const notes: { key: number; from: number; until: number }[] = [];
  const open = new Map<number, (typeof notes)[number]>();
  for (let t = 0; t < roll.frames; t++)
    for (const key of roll.keys.subarray(roll.starts[t], roll.starts[t + 1])) {
      const last = open.get(key);
      if (last?.until === t) last.until = t + 1;
      else {
        const next = { key: LOWEST_NOTE + key, from: t, until: t + 1 };
        notes.push(next);
        open.set(key, next);
      }
    }
  return notes;
}

/** MIDI notes that every panel has room for, so that pieces can be compared; one with lower or higher notes has more. */
const USUAL_NOTES = [30, 96];

/** A piano-roll: a bar for each note. */
export function pianoRollPanel(roll: PianoRoll, theme: Theme, unit: string, size: Size): object {
  const notes = notesOf(roll).map((note) => ({ ...note, above: note.key + 1 }));
  return {
    ...size,
    data: { values: notes },
    mark: { type: 'rect', color: theme.units.get(unit)?.colour ?? theme.text, aria: false },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        title: 'frame',
        scale: { domain: [0, roll.frames], nice: false },
      },
      x2: { field: 'until' },
      y: {
        field: 'key',
        type: 'quantitative',
        title: 'MIDI note',
        scale: {
          domain: extent([...USUAL_NOTES, ...notes.flatMap(({ key, above }) => [key, above])]),
          nice: false,
        },
      },
      y2: { field: 'above' },
    },
  };
}
