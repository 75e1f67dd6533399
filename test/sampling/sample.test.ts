import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { packBatch } from '../../src/data/batch.js';
import { readMidiRoll } from '../../src/data/formats/midi.js';
import { readWav } from '../../src/data/formats/wav.js';
import { midiOfRoll } from '../../src/data/formats/write-midi.js';
import { wavOfSamples } from '../../src/data/formats/write-wav.js';
import { rollFromSpans } from '../../src/data/piano-roll.js';
import type { PianoRoll } from '../../src/data/sequence.js';
import { sequenceNll } from '../../src/kernels/sequence-nll.js';
import { initialParameters } from '../../src/model/initialise.js';
import { bernoulli } from '../../src/model/outputs/bernoulli.js';
import { mixture } from '../../src/model/outputs/mixture.js';
import { layerOf } from '../../src/model/outputs/registry.js';
import { type ModelSpec, paperSpec } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { startBackend } from '../../src/platform/backend.js';
import { normal, uniform } from '../../src/random/draws.js';
import { sampleFrames, sampleMusic, sequenceToBeginWith } from '../../src/sampling/sample.js';
import { stepModel } from '../../src/sampling/step-model.js';
import { COMPOSED } from '../kernels/variants.js';

beforeAll(async () => {
  await startBackend('auto', 1);
});

const modelOf = (spec: ModelSpec) => ({ spec, parameters: initialParameters(spec, 5, 0.3) });
const keysOf = ({ starts, keys }: PianoRoll, frame: number) => [
  ...keys.subarray(starts[frame], starts[frame + 1]),
];

function denseFrame(roll: PianoRoll, frame: number): Float32Array {
  const x = new Float32Array(88);
  for (const key of keysOf(roll, frame)) x[key] = 1;
  return x;
}

/** The numbers that a frame is drawn with. */
const drawsOf = (u: Float64Array, epsilon: Float64Array = new Float64Array()) => ({
  uniform: () => u,
  normal: () => epsilon,
});

const UNIT_NAMES = ['tanh', 'gru', 'lstm'] as const;
const OPTIONS = { length: 30, temperature: 1, seed: 3 };

const rolls = fc
  .record({
    frames: fc.integer({ min: 2, max: 40 }),
    spans: fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 87 }),
        from: fc.integer({ min: 0, max: 39 }),
        length: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ frames, spans }) => {
    // A file ends with its last note: the last frame has to sound.
    const last = { key: 40, from: frames - 1, until: frames };
    return rollFromSpans(frames, [
      ...spans.map(({ key, from, length }) => ({ key, from, until: from + length })),
      last,
    ]);
  });

it('a roll written as MIDI reads back cell for cell', () => {
  fc.assert(
    fc.property(rolls, (roll) => {
      expect(readMidiRoll(midiOfRoll(roll), 'written.mid').roll).toEqual(roll);
    }),
  );
});

it('samples written as WAV read back to 16 bits', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
      const samples = Float32Array.from(values);
      const back = readWav(wavOfSamples(samples, 8000), 'written.wav');
      expect(back.sampleRate).toBe(8000);
      for (const [i, sample] of samples.entries())
        expect(Math.abs(back.samples[i] - sample)).toBeLessThanOrEqual(1 / 32_768);
    }),
  );
});

describe.each(UNIT_NAMES)('a %s model, frame by frame', (cell) => {
  it('says of each frame what the kernels say of the whole sequence', () => {
    const model = modelOf(paperSpec('music', unitNamed(cell), { hidden: 7 }));
    const piece = sampleMusic(model, OPTIONS);
    const batch = packBatch([piece]);
    const steps = stepModel(model);
    let nll = 0;
    for (let t = 0; t + 1 < piece.frames; t++) {
      const logits = steps.step(denseFrame(piece, t));
      nll += tf.tidy(
        () =>
          layerOf(model.spec.output)
            .nll(
              tf,
              tf.tensor2d(logits, [1, 88]),
              tf.tensor2d(denseFrame(piece, t + 1), [1, 88]),
              model.spec.output,
            )
            .dataSync()[0],
      );
    }
    steps.dispose();
    const whole = tf.tidy(
      () => sequenceNll(COMPOSED, model.spec, tf.tensor1d(model.parameters), batch).dataSync()[0],
    );
    expect(Math.abs(nll - whole) / whole).toBeLessThan(1e-5);
  });

  it('draws the same piece for a seed, another for another, and leaves no tensor behind', () => {
    const model = modelOf(paperSpec('music', unitNamed(cell), { hidden: 7 }));
    const before = tf.memory().numTensors;
    const piece = sampleMusic(model, OPTIONS);
    expect(sampleMusic(model, OPTIONS)).toEqual(piece);
    expect(sampleMusic(model, { ...OPTIONS, seed: 4 })).not.toEqual(piece);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('begins with the prime and goes on from it', () => {
    const model = modelOf(paperSpec('music', unitNamed(cell), { hidden: 7 }));
    const prime = sampleMusic(model, { ...OPTIONS, seed: 9 });
    const piece = sampleMusic(model, OPTIONS, prime);
    expect(piece.frames).toBe(60);
    expect(piece.keys.slice(0, prime.keys.length)).toEqual(prime.keys);
    const voice = modelOf(paperSpec('speech', unitNamed(cell), { hidden: 5 }));
    const start = Float32Array.from({ length: 57 }, (_, i) => Math.sin(i));
    const samples = sampleFrames(voice, OPTIONS, start);
    expect(samples.length).toBe(50 + 300);
    expect(samples.slice(0, 50)).toEqual(start.slice(0, 50));
  });

  it('draws what follows a prime by the law of a model that read the prime and nothing else', () => {
    const model = modelOf(paperSpec('music', unitNamed(cell), { hidden: 7 }));
    for (let seed = 1; seed <= 20; seed++) {
      const prime = sampleMusic(model, { length: 1 + (seed % 3), temperature: 1, seed: 100 + seed });
      const piece = sampleMusic(model, { length: 1, temperature: 1, seed }, prime);
      const steps = stepModel(model);
      let logits = new Float32Array();
      for (let t = 0; t < prime.frames; t++) logits = steps.step(denseFrame(prime, t)).slice();
      steps.dispose();
      const u = uniform({ seed, purpose: 'sample', epoch: 0, update: 0 }, new Float64Array(88));
      const drawn = layerOf(model.spec.output).draw(logits, model.spec.output, 1, drawsOf(u));
      expect(denseFrame(piece, prime.frames)).toEqual(drawn);
    }
  });

  it('draws the samples that follow a prime by the mixture of a model that read its frames', () => {
    const model = modelOf(paperSpec('speech', unitNamed(cell), { hidden: 5 }));
    const { output } = model.spec;
    const prime = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const drawn = sampleFrames(model, { length: 1, temperature: 1, seed: 4 }, prime).slice(40);
    const steps = stepModel(model);
    for (const from of [0, 10]) steps.step(prime.slice(from, from + 20));
    const outputs = steps.step(prime.slice(20));
    steps.dispose();
    const draw = { seed: 4, purpose: 'sample', update: 0 } as const;
    const u = uniform({ ...draw, epoch: 0 }, new Float64Array(1));
    const epsilon = normal({ ...draw, epoch: 1 }, new Float64Array(10));
    expect(drawn).toEqual(layerOf(output).draw(outputs, output, 1, drawsOf(u, epsilon)));
  });
});

it('a piece begins as any training sequence may, the same for a seed', () => {
  const sequences = ['a', 'b', 'c'];
  const chosen = Array.from({ length: 300 }, (_, seed) => sequenceToBeginWith(sequences, seed));
  expect(Array.from({ length: 300 }, (_, seed) => sequenceToBeginWith(sequences, seed))).toEqual(chosen);
  for (const one of sequences) {
    const share = chosen.filter((sequence) => sequence === one).length / 300;
    expect(share).toBeGreaterThan(1 / 4);
  }
});

describe('drawing', () => {
  const u = (n: number) => Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);

  it('sounds notes with probability σ(a / temperature)', () => {
    for (const [a, temperature] of [
      [1.5, 1],
      [-2, 1],
      [1.5, 3],
    ]) {
      const logits = new Float32Array(1000).fill(a);
      const output = { kind: 'bernoulli', frameSize: 1000 } as const;
      const notes = bernoulli.draw(logits, output, temperature, drawsOf(u(1000)));
      const share = notes.reduce((sum, note) => sum + note, 0) / 1000;
      expect(share).toBeCloseTo(1 / (1 + Math.exp(-a / temperature)), 2);
    }
  });

  it('picks components by their weights and places samples by mean and deviation', () => {
    const output = { kind: 'mixture', mixtures: 3, frameSize: 2 } as const;
    const weights = [0.2, 0.5, 0.3];
    // softplus(a) = 1 − floor for a = log(e^(1−floor) − 1).
    const a = Math.log(Math.exp(1 - 1e-4) - 1);
    const outputs = Float32Array.from([
      ...weights.map(Math.log),
      0,
      1,
      10,
      11,
      20,
      21,
      ...new Array(6).fill(a),
    ]);
    const epsilon = Float64Array.from([1, -1]);
    const drawn = Array.from(u(1000), (one) =>
      mixture.draw(outputs, output, 4, drawsOf(Float64Array.of(one), epsilon)),
    );
    const shares = [0, 1, 2].map(
      (k) => drawn.filter(([y]) => Math.abs(y - (10 * k + 2)) < 1e-4).length / 1000,
    );
    const tempered = weights.map((w) => w ** 0.25);
    const sum = tempered.reduce((total, w) => total + w, 0);
    for (const [k, share] of shares.entries()) expect(share).toBeCloseTo(tempered[k] / sum, 2);
    expect(drawn[0][1]).toBeCloseTo(1 - 2, 4);
  });
});
