/*
 * A soft electric piano: of each note a triangle and a sine an octave above, which die away as strings do, the lower the
 * slower, in a little room.
 */

/** An instrument that plays into an audio context. */
export interface Synth {
  /**
   * Plays a note.
   *
   * @param pitch MIDI note number
   * @param at time of the context, seconds
   * @param seconds until the key is let go
   */
  note(pitch: number, at: number, seconds: number): void;
  /** Lets all notes go, those to come too; the synth is of no more use. */
  silence(): void;
}

const ATTACK = 0.012;
const RELEASE = 0.09;
/** Seconds in which middle C falls to 1/e. */
const DECAY = 1.1;
const MIDDLE_C = 60;
const A4 = 69;
/** Of a single note; chords of ten stay below full scale. */
const LOUDNESS = 0.16;
const FADE = 0.03;

/** What all notes go through, made once for a context. */
const rooms = new WeakMap<BaseAudioContext, AudioNode>();

export function startSynth(context: BaseAudioContext): Synth {
  const room = rooms.get(context) ?? makeRoom(context);
  rooms.set(context, room);
  const out = new GainNode(context);
  out.connect(room);
  const sounding = new Set<OscillatorNode>();
  return {
    note(pitch, at, seconds) {
      const frequency = 440 * 2 ** ((pitch - A4) / 12);
      const envelope = new GainNode(context, { gain: 0 });
      const place = new StereoPannerNode(context, {
        pan: Math.max(-0.5, Math.min(0.5, (pitch - MIDDLE_C) / 60)),
      });
      envelope.connect(place).connect(out);
      const decay = DECAY * 2 ** ((MIDDLE_C - pitch) / 24);
      // What the ear hears of a low note is softer than what the speaker gives.
      const peak = LOUDNESS * 2 ** ((MIDDLE_C - pitch) / 48);
      const end = at + seconds;
      envelope.gain.setValueAtTime(0, at);
      envelope.gain.linearRampToValueAtTime(peak, at + ATTACK);
      envelope.gain.setTargetAtTime(0, at + ATTACK, decay);
      envelope.gain.setTargetAtTime(0, end, RELEASE / 3);
      for (const { type, times, gain } of PARTIALS) {
        const oscillator = new OscillatorNode(context, { type, frequency: frequency * times });
        oscillator.connect(new GainNode(context, { gain })).connect(envelope);
        oscillator.onended = () => {
          sounding.delete(oscillator);
          envelope.disconnect();
          place.disconnect();
        };
        sounding.add(oscillator);
        oscillator.start(at);
        oscillator.stop(end + 2 * RELEASE);
      }
    },
    silence() {
      const now = context.currentTime;
      out.gain.setTargetAtTime(0, now, FADE / 3);
      for (const oscillator of sounding) oscillator.stop(now + FADE);
    },
  };
}

const PARTIALS = [
  { type: 'triangle', times: 1, gain: 1 },
  { type: 'sine', times: 2, gain: 0.22 },
] as const;

/** A low-pass, a second's reverberation and a compressor, which keeps thick chords from clipping. */
function makeRoom(context: BaseAudioContext): AudioNode {
  const input = new BiquadFilterNode(context, { type: 'lowpass', frequency: 4200, Q: 0.3 });
  const compressor = new DynamicsCompressorNode(context, {
    threshold: -18,
    ratio: 4,
    attack: 0.004,
    release: 0.2,
  });
  const wet = new GainNode(context, { gain: 0.16 });
  const reverberation = new ConvolverNode(context, { buffer: impulse(context) });
  input.connect(compressor);
  input.connect(reverberation).connect(wet).connect(compressor);
  compressor.connect(new GainNode(context, { gain: 0.8 })).connect(context.destination);
  return input;
}

/** Noise that dies away within a second, another for each ear. */
function impulse(context: BaseAudioContext): AudioBuffer {
  const { sampleRate } = context;
  const buffer = context.createBuffer(2, sampleRate, sampleRate);
  for (let channel = 0; channel < 2; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < samples.length; i++)
      samples[i] = (2 * Math.random() - 1) * Math.exp((-5 * i) / samples.length);
  }
  return buffer;
}
