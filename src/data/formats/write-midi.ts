import { type MidiEvent, writeMidi } from 'midi-file';
import { LOWEST_NOTE, PIANO_KEYS, type PianoRoll } from '../sequence.js';

/** Two frames a crotchet, as `readMidiRoll` reads them. */
const TICKS_PER_FRAME = 240;
const MICROSECONDS_PER_QUARTER = 500_000;
const VELOCITY = 80;

/**
 * A roll as a Standard MIDI File (format 0, ♩ = 120), from which `readMidiRoll` reads the same roll, but for silent
 * frames at its end. A key that sounds in frames one after the other is one long note. The music begins one frame
 * late, since the reading rule drops frame 0.
 */
export function midiOfRoll(roll: PianoRoll): Uint8Array {
  const changes = noteChanges(roll);
  const events: MidiEvent[] = [
    { deltaTime: 0, type: 'setTempo', microsecondsPerBeat: MICROSECONDS_PER_QUARTER },
  ];
  let tick = 0;
  for (const { frame, key, isOn } of changes) {
    const at = (frame + 1) * TICKS_PER_FRAME;
    const note = { deltaTime: at - tick, channel: 0, noteNumber: LOWEST_NOTE + key } as const;
    events.push(
      isOn ? { ...note, type: 'noteOn', velocity: VELOCITY } : { ...note, type: 'noteOff', velocity: 0 },
    );
    tick = at;
  }
  events.push({ deltaTime: (roll.frames + 1) * TICKS_PER_FRAME - tick, type: 'endOfTrack' });
  const header = { format: 0, numTracks: 1, ticksPerBeat: 2 * TICKS_PER_FRAME } as const;
  return Uint8Array.from(writeMidi({ header, tracks: [events] }));
}

/** Where keys begin and cease to sound, by frame; in a frame what ceases comes first. */
function noteChanges({ frames, starts, keys }: PianoRoll): { frame: number; key: number; isOn: boolean }[] {
  const changes: { frame: number; key: number; isOn: boolean }[] = [];
  let sounding = new Set<number>();
  for (let frame = 0; frame <= frames; frame++) {
    const now = frame < frames ? new Set(keys.subarray(starts[frame], starts[frame + 1])) : new Set<number>();
    for (let key = 0; key < PIANO_KEYS; key++)
      if (sounding.has(key) && !now.has(key)) changes.push({ frame, key, isOn: false });
    for (let key = 0; key < PIANO_KEYS; key++)
      if (now.has(key) && !sounding.has(key)) changes.push({ frame, key, isOn: true });
    sounding = now;
  }
  return changes;
}
