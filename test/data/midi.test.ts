import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMatRolls } from '../../src/data/mat.js';
import { readMidiRoll } from '../../src/data/midi.js';
import { type PianoRoll, SPLITS } from '../../src/data/sequence.js';
import { BadFile } from '../../src/platform/failure.js';
import { type MidiNote, midiEvent, midiFile, midiTrack, noteTrack, smallPiece, vlq } from './files.js';
import { testOnRealData } from './real-data.js';

/** `key@frame` of every sounding cell, in order. */
function cells(roll: PianoRoll): string[] {
  return Array.from({ length: roll.frames }, (_, frame) =>
    Array.from(roll.keys.subarray(roll.starts[frame], roll.starts[frame + 1]), (key) => `${key}@${frame}`),
  ).flat();
}

function read(file: Uint8Array): PianoRoll {
  return readMidiRoll(file, 'piece.mid').roll;
}

describe('the rule', () => {
  test('two frames a crotchet, the first dropped, ends rounded', () => {
    // Step 240 ticks. 0-480: frames 0, 1 → 0 after the drop. 361-839: frames 2 to 2 → 1. 839 ends it: 3 - 1.
    const roll = read(
      midiFile([
        noteTrack([
          { pitch: 60, start: 0, end: 480 },
          { pitch: 64, start: 361, end: 839 },
        ]),
      ]),
    );
    expect(roll.frames).toBe(2);
    expect(cells(roll)).toEqual(['39@0', '43@1']);
  });

  test('half a step rounds up, also for an odd number of ticks a quarter', () => {
    // Step 2.5 ticks: 5 ticks are 2 steps, 9 ticks 3.6 → 4, and 25 ticks 10.
    const roll = read(
      midiFile(
        [
          noteTrack([
            { pitch: 21, start: 5, end: 9 },
            { pitch: 108, start: 9, end: 25 },
          ]),
        ],
        { division: 5 },
      ),
    );
    expect(roll.frames).toBe(9);
    expect(cells(roll)).toEqual(['0@1', '0@2', '87@3', '87@4', '87@5', '87@6', '87@7', '87@8']);
  });

  test('a note-on replaces an open note of its pitch, in its own track only', () => {
    const again = Buffer.concat([
      midiEvent(240, 0x90, 60, 64),
      midiEvent(480, 0x90, 60, 64),
      midiEvent(480, 0x80, 60, 0),
      midiEvent(240, 0x80, 60, 0),
    ]);
    expect(cells(read(midiFile([midiTrack(again)])))).toEqual(['39@2', '39@3']);
    const other = noteTrack([{ pitch: 60, start: 240, end: 480 }]);
    expect(cells(read(midiFile([midiTrack(again), other])))).toEqual(['39@0', '39@2', '39@3']);
  });

  test('the channel plays no part, and a note never closed does not sound', () => {
    const events = Buffer.concat([
      midiEvent(240, 0x93, 60, 64),
      midiEvent(0, 0x90, 72, 64),
      midiEvent(720, 0x81, 60, 0),
    ]);
    expect(cells(read(midiFile([midiTrack(events)])))).toEqual(['39@0', '39@1', '39@2']);
  });

  test('notes outside the 88 keys count for the length and are left out', () => {
    const roll = read(
      midiFile([
        noteTrack([
          { pitch: 20, start: 0, end: 960 },
          { pitch: 109, start: 0, end: 2400 },
          { pitch: 108, start: 240, end: 480 },
        ]),
      ]),
    );
    expect(roll.frames).toBe(9);
    expect(cells(roll)).toEqual(['87@0']);
  });

  test('running status, foreign chunks and what follows the end of the track are passed over', () => {
    const running = Buffer.concat([midiEvent(240, 0x90, 60, 64), vlq(480), Buffer.of(60, 0)]);
    const foreign = Buffer.concat([Buffer.from('XFIH'), Buffer.of(0, 0, 0, 2, 1, 2)]);
    const beyond = Buffer.concat([Buffer.of(0, 0xff, 0x2f, 0), midiEvent(0, 0x90, 99, 1)]);
    const roll = read(
      Buffer.concat([midiFile([foreign, midiTrack(running, beyond)], { announced: 1 }), Buffer.of(0)]),
    );
    expect(cells(roll)).toEqual(['39@0', '39@1']);
  });
});

describe('refused', () => {
  const piece = smallPiece();
  const onlyTrack = piece.subarray(14);
  const meta = (announced: Uint8Array) => midiTrack(Buffer.concat([Buffer.of(0, 0xff, 0x01), announced]));
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', Buffer.alloc(0), /byte 0: no MIDI header/],
    ['another format', Buffer.from('RIFF....WAVEfmt '), /byte 0: no MIDI header/],
    [
      'a header that lies about its size',
      Buffer.concat([piece.subarray(0, 4), Buffer.of(255, 0, 0, 0), piece.subarray(8)]),
      /byte 4: a header of/,
    ],
    ['SMPTE time', midiFile([onlyTrack], { division: 0xe728 }), /byte 12: SMPTE/],
    ['division 0', midiFile([onlyTrack], { division: 0 }), /byte 12: a time division of 0/],
    ['format 2', midiFile([onlyTrack], { format: 2 }), /byte 8: format 2/],
    ['no tracks', midiFile([]), /byte 10: no tracks/],
    [
      'two tracks in format 0',
      midiFile([onlyTrack, onlyTrack], { format: 0 }),
      /byte 10: 2 tracks in format 0/,
    ],
    ['fewer tracks than announced', midiFile([onlyTrack], { announced: 3 }), /ends after 1 of 3 tracks/],
    ['a track cut short', piece.subarray(0, piece.length - 9), /byte 18: a chunk of \d+ bytes where only/],
    [
      'a track without an end',
      midiFile([midiTrack(midiEvent(0, 0x90, 60, 1), Buffer.alloc(0))]),
      /track 1 at byte 14: no end-of-track/,
    ],
    ['no notes', midiFile([midiTrack(Buffer.alloc(0))]), /no notes/],
    ['one frame', midiFile([noteTrack([{ pitch: 60, start: 0, end: 480 }])]), /1 frames; 2 are needed/],
    [
      'a gigantic rest',
      midiFile([noteTrack([{ pitch: 60, start: 0, end: 0x0fffffff }])], { division: 1 }),
      /frames; more than 1000000/,
    ],
    ['an event longer than its track', midiFile([meta(vlq(0x0fffff))]), /longer than the \d+ bytes left/],
    [
      'a text of 1 MB',
      midiFile([meta(Buffer.concat([vlq(1_000_000), Buffer.alloc(1_000_000, 'a')]))]),
      /a text event that is too long/,
    ],
    // midi-file shifts this length to -8, which leads back to the event's own beginning, for ever.
    [
      'a negative event length',
      midiFile([meta(Buffer.of(0x8f, 0xff, 0xff, 0xff, 0x78))]),
      /track 1 at byte 14/,
    ],
    [
      'a status byte where a note is due',
      midiFile([midiTrack(midiEvent(0, 0x90, 0xff, 1))]),
      /event 1: a note number of 255/,
    ],
    ['an undefined status', midiFile([midiTrack(Buffer.of(0, 0xf4))]), /track 1 at byte 14: /],
    ['running status without a status', midiFile([midiTrack(Buffer.of(0, 60, 60))]), /track 1 at byte 14: /],
  ];
  test.each(cases)('%s', (_, file, message) => {
    expect(() => read(file)).toThrow(BadFile);
    expect(() => read(file)).toThrow(message);
    expect(() => read(file)).toThrow(/^piece\.mid: [^\n]*$/);
  });
});

test('written notes are read back', () => {
  const note = fc.record({
    pitch: fc.integer({ min: 21, max: 108 }),
    from: fc.nat(40),
    length: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(
      fc.array(note, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 1000 }),
      (drawn, half) => {
        // A note of the same pitch in a track of its own cannot replace another.
        const tracks = drawn.map(({ pitch, from, length }): MidiNote[] => [
          { pitch, start: from * half, end: (from + length) * half },
        ]);
        tracks.push([{ pitch: 60, start: 0, end: 3 * half }]);
        const expected = new Set(
          tracks
            .flat()
            .flatMap(({ pitch, start, end }) =>
              Array.from({ length: (end - start) / half }, (_, i) => `${pitch - 21}@${start / half + i - 1}`),
            ),
        );
        const roll = read(midiFile(tracks.map(noteTrack), { division: 2 * half }));
        const inside = [...expected].filter((cell) => !cell.endsWith('@-1'));
        expect(new Set(cells(roll))).toEqual(new Set(inside));
        expect(cells(roll)).toHaveLength(inside.length);
        expect(roll.frames).toBe(Math.max(...tracks.flat().map(({ end }) => end / half)) - 1);
      },
    ),
    { numRuns: 200 },
  );
});

test('a mutated file gives a roll or a BadFile, soon', () => {
  const source = midiFile([noteTrack([{ pitch: 60, start: 0, end: 960 }]), smallPiece().subarray(14)]);
  const change = fc.record({ at: fc.nat(source.length - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(source.length), (changes, length) => {
      const file = Buffer.from(source);
      for (const { at, to } of changes) file[at] = to;
      const begun = performance.now();
      try {
        const roll = read(file.subarray(0, length % 3 === 0 ? length : file.length));
        expect(roll.starts).toHaveLength(roll.frames + 1);
        expect(roll.keys).toHaveLength(roll.starts[roll.frames]);
      } catch (error) {
        if (!(error instanceof BadFile)) throw error;
      }
      expect(performance.now() - begun).toBeLessThan(2000);
    }),
    { numRuns: 2000 },
  );
});

testOnRealData(
  'Nottingham as MIDI is Nottingham.mat, cell for cell up to one transposition a piece',
  (data) => {
    const folder = join(data, 'nottingham');
    const published = readMatRolls(readFileSync(join(folder, 'Nottingham.mat')), 'Nottingham.mat');
    /** Everything but the transposition, which the lowest key then gives. */
    const shape = (roll: PianoRoll) => {
      const lowest = Math.min(...roll.keys);
      return {
        lowest,
        form: `${roll.frames} ${roll.starts.join()} ${roll.keys.map((key) => key - lowest).join()}`,
      };
    };
    for (const split of SPLITS) {
      const midi = join(folder, 'midi', split);
      const files = readdirSync(midi).filter((file) => file.endsWith('.mid'));
      const left = new Map<string, number[]>();
      for (const { form, lowest } of published[split].map(shape))
        left.set(form, [...(left.get(form) ?? []), lowest]);
      for (const file of files) {
        const { form, lowest } = shape(readMidiRoll(readFileSync(join(midi, file)), file).roll);
        const candidates = left.get(form) ?? [];
        const match = candidates.findIndex((other) => other - lowest >= -5 && other - lowest <= 6);
        expect(match, `${split}/${file} has no roll of its own in Nottingham.mat`).toBeGreaterThanOrEqual(0);
        candidates.splice(match, 1);
      }
      expect([...left.values()].flat(), `rolls of ${split} that no MIDI file gives`).toEqual([]);
    }
  },
);
