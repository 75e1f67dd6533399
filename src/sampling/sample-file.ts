import { type LoadOptions, loadDataset, loadOptionsOf } from '../data/catalogue.js';
import { MAX_MIDI_BYTES, readMidiRoll } from '../data/midi.js';
import { FRAME_INPUT_SAMPLES, FRAME_TARGET_SAMPLES, PIANO_KEYS, type PianoRoll } from '../data/sequence.js';
import { readWav, WAV_SIZE_LIMIT } from '../data/wav.js';
import { midiOfRoll } from '../data/write-midi.js';
import { wavOfSamples } from '../data/write-wav.js';
import { type Model, readModel } from '../model/model-file.js';
import { startBackend } from '../platform/backend.js';
import { Failure, Misuse } from '../platform/failure.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { type DataOfRun, locateModel } from '../training/evaluate-saved.js';
import { type SampleOptions, sampleMusic, sampleSpeech } from './sample.js';

export interface SampledFile {
  readonly file: string;
  /** With those of the prime. */
  readonly frames: number;
  readonly primeFrames: number;
  readonly seconds: number;
}

export interface SampleFileOptions extends SampleOptions, LoadOptions {
  readonly prime?: string;
  readonly primeFrames?: number;
  readonly dataset?: string;
  readonly out?: string;
}

/**
 * Draws from a trained model into a .mid or .wav file.
 *
 * @param path a run's folder or a safetensors file
 * @throws Misuse where model, prime and output do not fit each other; BadFile from the files
 */
export async function sampleToFile(path: string, options: SampleFileOptions): Promise<SampledFile> {
  const saved = locateModel(path);
  const model = readModel(saved.file);
  const isMusic = model.spec.output.kind === 'bernoulli';
  const extension = isMusic ? '.mid' : '.wav';
  const out = options.out ?? `sample${extension}`;
  for (const [flag, file] of [
    ['--out', out],
    ['--prime', options.prime],
  ])
    if (file !== undefined && !file.toLowerCase().endsWith(extension))
      throw new Misuse(`${flag} ${file}: a ${isMusic ? 'music' : 'speech'} model needs a ${extension} file`);
  await startBackend('auto', 1);
  return isMusic ? music(model, saved.file, options, out) : speech(model, saved, options, out);
}

/** ♩ = 120, two frames a crotchet. */
const SECONDS_A_MUSIC_FRAME = 0.25;

function music(model: Model, file: string, options: SampleFileOptions, out: string): SampledFile {
  if (model.spec.inputSize !== PIANO_KEYS || model.spec.output.frameSize !== PIANO_KEYS)
    throw new Misuse(`${file} has ${model.spec.inputSize} inputs; a piano-roll needs ${PIANO_KEYS}`);
  const { prime: primeFile, primeFrames } = options;
  const whole = primeFile && readMidiRoll(readBounded(primeFile, MAX_MIDI_BYTES), primeFile).roll;
  const prime = whole ? firstFrames(whole, primeFrames ?? whole.frames) : undefined;
  const roll = sampleMusic(model, options, prime);
  writeWholeFile(out, midiOfRoll(roll));
  const seconds = roll.frames * SECONDS_A_MUSIC_FRAME;
  return { file: out, frames: roll.frames, primeFrames: prime?.frames ?? 0, seconds };
}

export function firstFrames(roll: PianoRoll, most: number): PianoRoll {
  const frames = Math.min(roll.frames, most);
  return {
    frames,
    starts: roll.starts.slice(0, frames + 1),
    keys: roll.keys.slice(0, roll.starts[frames]),
  };
}

async function speech(
  model: Model,
  { file, data }: { file: string; data?: DataOfRun },
  options: SampleFileOptions,
  out: string,
): Promise<SampledFile> {
  const { inputSize, output } = model.spec;
  if (inputSize !== FRAME_INPUT_SAMPLES || output.frameSize !== FRAME_TARGET_SAMPLES)
    throw new Misuse(
      `${file} has frames of ${inputSize} and ${output.frameSize} samples; they have to be 20 and 10`,
    );
  const name = options.dataset ?? data?.dataset;
  if (name === undefined) throw new Misuse('--dataset is missing: a file does not say the scale of its data');
  // The scale is that of the whole training set.
  const dataset = await loadDataset(name, {
    ...loadOptionsOf(options.dataset === undefined && data ? data : options),
    maxSequences: undefined,
  });
  if (dataset.kind !== 'speech') throw new Misuse(`${name} is music; ${file} is a speech model`);
  const { mean, deviation, sampleRate } = dataset;
  const prime =
    options.prime === undefined ? undefined : readPrime(options.prime, sampleRate, options.primeFrames);
  const standardised = prime?.map((sample) => (sample - mean) / deviation);
  const samples = sampleSpeech(model, options, standardised);
  const scaled = samples.map((sample) => sample * deviation + mean);
  writeWholeFile(out, wavOfSamples(scaled, sampleRate));
  const primeFrames = prime ? Math.floor((prime.length - FRAME_INPUT_SAMPLES) / FRAME_TARGET_SAMPLES) : 0;
  return {
    file: out,
    frames: primeFrames + options.length,
    primeFrames,
    seconds: samples.length / sampleRate,
  };
}

function readPrime(file: string, sampleRate: number, frames?: number): Float32Array {
  const recording = readWav(readBounded(file, WAV_SIZE_LIMIT), file);
  if (recording.sampleRate !== sampleRate)
    throw new Failure(
      `${file} is sampled at ${recording.sampleRate} Hz; the model's data at ${sampleRate} Hz`,
    );
  if (recording.samples.length < FRAME_INPUT_SAMPLES)
    throw new Failure(`${file} has ${recording.samples.length} samples; ${FRAME_INPUT_SAMPLES} are needed`);
  const most = frames === undefined ? undefined : FRAME_INPUT_SAMPLES + frames * FRAME_TARGET_SAMPLES;
  return recording.samples.slice(0, most);
}
