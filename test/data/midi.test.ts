import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMatRolls } from '../../src/data/formats/mat.js';
import { readMidiRoll, rollRemarks } from '../../src/data/formats/midi.js';
import { type PianoRoll, SPLITS } from '../../src/data/sequence.js';
import { BadFile } from '../../src/platform/failure.js';
import { cpuMilliseconds } from '../cpu-time.js';
import { type MidiNote, midiEvent, midiFile, midiTrack, noteTrack, smallPiece, u32le, vlq } from './files.js';
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

/** A MIDI file in a RIFF wrapper, little endian. */
function rmid(content: Uint8Array, size = content.length): Buffer {
  const list = Buffer.concat([Buffer.from('LIST'), u32le(3), Buffer.from('abc\0')]);
  const data = Buffer.concat([Buffer.from('data'), u32le(size), content]);
  return Buffer.concat([
    Buffer.from('RIFF'),
    u32le(4 + list.length + data.length),
    Buffer.from('RMID'),
    list,
    data,
  ]);
}

describe('what no note depends on changes no note', () => {
  const piece = smallPiece();
  const track = piece.subarray(14);
  const events = track.subarray(8, -4);
  const wanted = cells(read(piece));
  const event = (...bytes: number[]) => Buffer.from(bytes);
  /** The piece with something at the beginning of its track. */
  const withFirst = (first: Uint8Array, end?: Uint8Array) =>
    midiFile([midiTrack(Buffer.concat([first, events]), end)]);
  /** The piece with an announced track size that is off by so many bytes. */
  const off = (by: number, behind: Uint8Array = Buffer.alloc(0), tracks = 1) => {
    const out = Buffer.concat([midiFile([track], { announced: tracks }), behind]);
    out.writeUInt32BE((track.length - 8 + by) >>> 0, 18);
    return out;
  };
  const header = (size: number, extra: Uint8Array) => {
    const out = Buffer.concat([piece.subarray(0, 14), extra, track]);
    out.writeUInt32BE(size, 4);
    return out;
  };
  const empty = midiTrack(Buffer.alloc(0));
  const macBinary = Buffer.alloc(128);
  macBinary.write('Midi', 65, 'latin1');
  const meta = [0x00, 0x01, 0x20, 0x21, 0x2e, 0x51, 0x54, 0x58, 0x59, 0x60, 0x7f].flatMap((type) =>
    [0, 1, 2, 3, 9].map((length): [string, Uint8Array] => [
      `a meta event ${type} of ${length} bytes`,
      withFirst(Buffer.concat([event(0, 0xff, type, length), Buffer.alloc(length, 7)])),
    ]),
  );
  const cases: [string, Uint8Array, ...string[]][] = [
    ...meta,
    ['a text of 1 MB', withFirst(Buffer.concat([event(0, 0xff, 1), vlq(1e6), Buffer.alloc(1e6, 'a')]))],
    ['RMID', rmid(piece)],
    ['RMID of size 0', rmid(piece, 0)],
    ['RMID of a size that is too large', rmid(piece, 99999)],
    ['MacBinary', Buffer.concat([macBinary, piece])],
    ['a longer header', header(10, event(1, 2, 3, 4))],
    ['a header size of 0', header(0, event())],
    ['a header size that leads out of the file', header(0xff000000, event())],
    ['no end-of-track', midiFile([midiTrack(events, event())])],
    [
      'no end-of-track, then zeros',
      Buffer.concat([midiFile([midiTrack(events, event())]), Buffer.alloc(99)]),
    ],
    ['no end-of-track, in the last track only', midiFile([empty, midiTrack(events, event())])],
    ['no end-of-track, in the first track only', midiFile([midiTrack(events, event()), empty])],
    [
      'an end-of-track of length 1',
      withFirst(event(), event(0, 0xff, 0x2f, 1, 0)),
      '2 bytes behind the end of track 1 are left out',
    ],
    ['an end-of-track without its length', withFirst(event(), event(0, 0xff, 0x2f))],
    ['format 0 with two tracks', midiFile([empty, track], { format: 0 })],
    ['more tracks than announced', midiFile([empty, track], { announced: 1 })],
    ['no tracks announced', midiFile([track], { announced: 0 })],
    [
      'fewer tracks than announced',
      midiFile([track], { announced: 3 }),
      '2 of the 3 tracks announced are not there',
    ],
    ['a track of size 0', midiFile([Buffer.from('MTrk\0\0\0\0'), track])],
    ...[-12, -5, -4, -1, 1, 3, 10, 0x7fff0000].flatMap((by): [string, Uint8Array][] => [
      [`a track size off by ${by}`, off(by)],
      [`a track size off by ${by}, before another track`, off(by, empty, 2)],
    ]),
    ['a track size left open', off(8 - track.length)],
    [
      'track sizes without sense and no ends',
      Buffer.concat([midiFile([Buffer.concat([Buffer.from('MTrk'), Buffer.of(0, 0, 0, 9), events])]), empty]),
    ],
    ['a foreign chunk', midiFile([Buffer.from('XFIH\0\0\0\x02ab'), track], { announced: 1 })],
    [
      'a foreign chunk of a size that is too large',
      midiFile([Buffer.from('XFIH\0\x09\0\x02ab'), track], { announced: 1 }),
      '10 bytes behind track 0 are left out',
    ],
    [
      'bytes between tracks',
      midiFile([track, Buffer.from([1, 2, 3]), empty], { announced: 2 }),
      '3 bytes behind track 1 are left out',
    ],
    [
      'bytes behind the last track',
      Buffer.concat([piece, Buffer.from('made by hand')]),
      '12 bytes behind track 1 are left out',
    ],
    ['zeros behind the last track', Buffer.concat([piece, Buffer.alloc(77)])],
    [
      'events behind the end of the track',
      withFirst(event(), event(0, 0xff, 0x2f, 0, 0, 0x90, 99, 1)),
      '4 bytes behind the end of track 1 are left out',
    ],
    ...[0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfe].map((status): [string, Uint8Array] => [
      `real time ${status}`,
      withFirst(event(0, status)),
    ]),
    ['system common', withFirst(event(0, 0xf1, 5, 0, 0xf2, 5, 6, 0, 0xf3, 7, 0, 0xf6))],
    [
      'system exclusive in packets',
      withFirst(event(0, 0xf0, 3, 0x43, 0x12, 0, 0, 0xf7, 2, 1, 2, 0, 0xf7, 2, 3, 0xf7)),
    ],
    ['an escape', withFirst(event(0, 0xf7, 1, 0xf3))],
    [
      'channel messages',
      withFirst(
        event(0, 0xb0, 7, 100, 0, 10, 64, 0, 0xc0, 5, 0, 6, 0, 0xd0, 7, 0, 0xe0, 0, 64, 0, 0xa0, 60, 1),
      ),
    ],
  ];
  test.each(cases)('%s', (_, file, ...remarks) => {
    const reading = readMidiRoll(file, 'piece.mid');
    expect(cells(reading.roll)).toEqual(wanted);
    expect(reading.remarks).toEqual(remarks);
  });

  test('real time inside a note event, and running status across meta, system and real-time events', () => {
    const running = event(
      0x81,
      0x70,
      0x90,
      0xf8,
      60,
      0xfe,
      64,
      0,
      0xff,
      1,
      1,
      65,
      0,
      0xf0,
      1,
      0xf7,
      0,
      0xf8,
      0x83,
      0x60,
      60,
      0,
    );
    expect(cells(read(midiFile([midiTrack(running)])))).toEqual(['39@0', '39@1']);
  });

  test('a wait of more ticks than a delta time can say', () => {
    const text = event(0xff, 0xff, 0xff, 0x7f, 0xff, 1, 0);
    const note = Buffer.concat([midiEvent(240, 0x90, 60, 1), midiEvent(960, 0x80, 60, 1)]);
    const file = midiFile([midiTrack(Buffer.concat([text, text, note]))], { division: 0x7fff });
    // 2 · 0x0fffffff + 1200 ticks of which 32 767 / 2 make a step, less one.
    expect(read(file).frames).toBe(32_768);
  });
});

describe('what is left out is said', () => {
  const remarks = (...events: Uint8Array[]) =>
    readMidiRoll(midiFile([midiTrack(Buffer.concat(events))]), 'piece.mid').remarks;
  const note = (channel: number, pitch: number) => [
    midiEvent(240, 0x90 + channel, pitch, 64),
    midiEvent(480, 0x80 + channel, pitch, 0),
  ];

  test('notes that never end, drums, notes outside the keys', () => {
    expect(remarks(...note(0, 60), ...note(0, 61))).toEqual([]);
    expect(
      remarks(
        ...note(0, 60),
        midiEvent(0, 0x90, 61, 1),
        midiEvent(0, 0x91, 62, 1),
        ...note(9, 35),
        ...note(3, 20),
      ),
    ).toEqual([
      'notes that never end are left out: 2',
      'drum notes (channel 10) are left out: 1',
      'notes outside the 88 keys (MIDI 21 to 108) are left out: 1',
    ]);
  });

  test('a roll in which no key sounds', () => {
    expect(remarks(midiEvent(960, 0x90, 60, 1), midiEvent(100, 0x80, 60, 0))).toEqual([
      'no key sounds in any of its 3 frames: the one note is too short for a frame of half a quarter note',
    ]);
    expect(remarks(...note(0, 5), ...note(0, 120))).toEqual([
      'notes outside the 88 keys (MIDI 21 to 108) are left out: 2',
      'no key sounds in any of its 5 frames',
    ]);
  });

  test('drums neither sound, nor cut a note of their number off, nor count for the length', () => {
    const drum = Buffer.concat([
      midiEvent(240, 0x90, 60, 1),
      midiEvent(240, 0x99, 60, 1),
      midiEvent(240, 0x89, 60, 1),
    ]);
    const end = Buffer.concat([midiEvent(240, 0x80, 60, 1), ...note(9, 40)]);
    expect(cells(read(midiFile([midiTrack(Buffer.concat([drum, end]))])))).toEqual(['39@0', '39@1', '39@2']);
    expect(read(midiFile([midiTrack(Buffer.concat([drum, end]))])).frames).toBe(3);
  });

  test('how many notes the frames do not hear, and how many were struck again', () => {
    const { counts } = readMidiRoll(
      midiFile([
        midiTrack(
          Buffer.concat([
            ...note(0, 60),
            midiEvent(0, 0x90, 60, 1),
            ...note(0, 60),
            midiEvent(0, 0x90, 72, 1),
            midiEvent(50, 0x80, 72, 1),
          ]),
        ),
      ]),
      'piece.mid',
    );
    expect(counts).toEqual({ notes: 3, unheard: 1, struckAgain: 1 });
    expect(rollRemarks([counts, counts])).toEqual([
      '2 of 6 notes are heard in no frame, which come every half quarter note',
      '2 notes are struck again before they end, and sound from then on',
    ]);
    expect(rollRemarks([{ notes: 9, unheard: 0, struckAgain: 0 }])).toEqual([]);
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
      'a header that lies about its size, and no track behind it',
      Buffer.concat([
        piece.subarray(0, 4),
        Buffer.of(255, 0, 0, 0),
        piece.subarray(8, 14),
        Buffer.from('MTr'),
      ]),
      /byte 4: a header of/,
    ],
    ['a header cut short', piece.subarray(0, 12), /byte 12: ends inside the header/],
    ['RMID without MIDI', rmid(Buffer.from('nothing')), /byte 12: a RIFF file \(RMID\) without/],
    ['SMPTE time', midiFile([onlyTrack], { division: 0xe728 }), /byte 12: SMPTE/],
    ['division 0', midiFile([onlyTrack], { division: 0 }), /byte 12: a time division of 0/],
    ['format 2', midiFile([onlyTrack], { format: 2 }), /byte 8: format 2/],
    ['no tracks', midiFile([]), /byte 14: no tracks/],
    [
      'a second track cut short in its head',
      Buffer.concat([midiFile([onlyTrack], { announced: 2 }), Buffer.from('MTrk\0')]),
      /ends inside the head of track 2: cut short/,
    ],
    ['a track cut short inside an event', piece.subarray(0, -6), /track 1 at byte 14, byte \d+: ends inside/],
    [
      'a track cut short behind an event',
      piece.subarray(0, -4),
      /track 1 at byte 14, byte \d+: no end-of-track event: cut short/,
    ],
    [
      'a track that ends inside an event, before another',
      midiFile([midiTrack(Buffer.of(0, 0x90, 60), Buffer.alloc(0)), onlyTrack]),
      /track 1 at byte 14, byte 25: ends inside an event/,
    ],
    [
      'a delta time of five bytes',
      midiFile([midiTrack(Buffer.of(0x81, 0x80, 0x80, 0x80, 0))]),
      /a delta time of/,
    ],
    ['no notes', midiFile([midiTrack(Buffer.alloc(0))]), /1 track: no notes/],
    [
      'drums alone',
      midiFile([midiTrack(Buffer.concat([midiEvent(0, 0x99, 35, 64), midiEvent(960, 0x89, 35, 0)]))]),
      /no notes; drum notes \(channel 10\) are left out: 1/,
    ],
    [
      'notes that never end alone',
      midiFile([midiTrack(midiEvent(0, 0x90, 60, 1))]),
      /no notes; notes that never/,
    ],
    ['one frame', midiFile([noteTrack([{ pitch: 60, start: 0, end: 480 }])]), /1 frames; 2 are needed/],
    [
      'a gigantic rest',
      midiFile([noteTrack([{ pitch: 60, start: 0, end: 0x0fffffff }])], { division: 1 }),
      /frames; more than 1000000/,
    ],
    [
      'an event longer than its track',
      midiFile([meta(vlq(0x0fffff))]),
      /an event of 1048575 bytes where only 4 are left/,
    ],
    // In 32 bits this length would be -8, which leads back to the event's own beginning, for ever.
    [
      'a negative event length',
      midiFile([meta(Buffer.of(0x8f, 0xff, 0xff, 0xff, 0x78))]),
      /a length of more than four bytes/,
    ],
    [
      'a status byte where a note is due',
      midiFile([midiTrack(midiEvent(0, 0x90, 0xff, 1))]),
      /track 1 at byte 14, byte 22: an event with 255 where a data byte, 0 to 127, is due/,
    ],
    [
      'a velocity of 200',
      midiFile([midiTrack(midiEvent(0, 0x90, 60, 200))]),
      /byte 22: an event with 200 where/,
    ],
    ['a controller at 200', midiFile([midiTrack(midiEvent(0, 0xb0, 7, 200))]), /an event with 200 where/],
    ['a program of 128', midiFile([midiTrack(Buffer.of(0, 0xc0, 128))]), /an event with 128 where/],
    ['a song position of 200', midiFile([midiTrack(Buffer.of(0, 0xf2, 0, 200))]), /an event with 200 where/],
    [
      'an event that lost its velocity, before one with a long delta time',
      midiFile([midiTrack(Buffer.concat([Buffer.of(0, 0x90, 60), midiEvent(960, 0x80, 60, 0)]))]),
      /byte 22: an event with 135 where/,
    ],
    [
      'an undefined status',
      midiFile([midiTrack(Buffer.of(0, 0xf4))]),
      /an event of the undefined status 244/,
    ],
    [
      'running status without a status',
      midiFile([midiTrack(Buffer.of(0, 60, 60))]),
      /a running status before any/,
    ],
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
      const begun = cpuMilliseconds();
      try {
        const roll = read(file.subarray(0, length % 3 === 0 ? length : file.length));
        expect(roll.starts).toHaveLength(roll.frames + 1);
        expect(roll.keys).toHaveLength(roll.starts[roll.frames]);
      } catch (error) {
        if (!(error instanceof BadFile)) throw error;
      }
      expect(cpuMilliseconds() - begun).toBeLessThan(2000);
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
