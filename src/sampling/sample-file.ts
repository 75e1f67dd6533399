import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { LoadOptions } from '../data/catalogue.js';
import { formatOf } from '../data/formats/file-format.js';
import { midi, wav } from '../data/formats/registry.js';
import type { Recording } from '../data/formats/wav.js';
import { firstFrames } from '../data/piano-roll.js';
import { type DataRemarks, remarksOf } from '../data/remarks.js';
import {
  type Dataset,
  FRAME_INPUT_SAMPLES,
  FRAME_TARGET_SAMPLES,
  PIANO_KEYS,
  type PianoRoll,
  type Remark,
  type SpeechDataset,
} from '../data/sequence.js';
import { readModel } from '../model/model-file.js';
import type { Model } from '../model/model-tensors.js';
import { startBackend } from '../platform/backend.js';
import { Failure, Misuse } from '../platform/failure.js';
import { parseFields } from '../platform/parse-fields.js';
import { readBounded } from '../platform/read-file.js';
import { writeWholeFile } from '../platform/whole-file.js';
import { LARGEST_SEED } from '../training/options.js';
import { type DataOfRun, dataFields, dataFor, loadDataFor, locateModel } from '../training/saved-model.js';
import { type SampleOptions, SECONDS_A_MUSIC_FRAME } from './draw-piece.js';
import { sampleFrames, sampleMusic, sequenceToBeginWith } from './sample.js';

/** What a piece begins with: a file of the user's, what a training sequence begins with, or nothing. */
export type Beginning =
  | { readonly from: 'prime'; readonly frames: number }
  | { readonly from: 'training sequence'; readonly dataset: string; readonly frames: number }
  | { readonly from: 'silence'; readonly why: string };

/** With remarks on the data that it begins as or has its scale from, and on the prime. */
export interface SampledFile extends DataRemarks {
  readonly file: string;
  /** With those of the beginning. */
  readonly frames: number;
  readonly beginning: Beginning;
  readonly seconds: number;
}

export interface SampleFileOptions extends Omit<SampleOptions, 'length'>, LoadOptions {
  /** Frames to draw: 200 of music or three seconds of speech if not given. */
  readonly length?: number;
  readonly prime?: string;
  readonly primeFrames?: number;
  readonly dataset?: string;
  readonly out?: string;
  /** Replace the file that is there. */
  readonly force?: boolean;
}

const sampleSchema = z.strictObject({
  ...dataFields,
  length: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().positive().max(100).default(1),
  seed: z.int().min(0).max(LARGEST_SEED).default(1),
  prime: z.string().min(1).optional(),
  primeFrames: z.int().min(1).optional(),
  out: z.string().min(1).optional(),
  force: z.boolean().optional(),
});

/** The options of `gru-bench sample`. */
export type SampleFields = z.input<typeof sampleSchema>;

/** @throws Misuse where a field is not one or out of its range */
export function sampleOptions(fields: SampleFields): SampleFileOptions {
  return parseFields(sampleSchema, fields);
}

type OnFrame = (drawn: number, length: number) => void;

/**
 * Draws from a trained model into a .mid or .wav file.
 *
 * @param path a run's folder or a safetensors file
 * @param onFrame told after each drawn frame how many are drawn, of how many
 * @throws Misuse where model, prime and output do not fit each other, or the output is there already; BadFile from
 *   the files
 */
export async function sampleToFile(
  path: string,
  options: SampleFileOptions,
  onFrame: OnFrame = () => {},
): Promise<SampledFile> {
  if (options.primeFrames !== undefined && options.prime === undefined)
    throw new Misuse('--prime-frames goes with --prime');
  const saved = locateModel(path);
  const model = readModel(saved.file);
  const isMusic = model.spec.output.kind === 'bernoulli';
  const format = isMusic ? midi : wav;
  const [extension] = format.extensions;
  const out = options.out ?? `sample${extension}`;
  for (const [flag, file] of [
    ['--out', out],
    ['--prime', options.prime],
  ])
    if (file !== undefined && !formatOf([format], file))
      throw new Misuse(`${flag} ${file}: a ${isMusic ? 'music' : 'speech'} model needs a ${extension} file`);
  if (existsSync(out) && !options.force)
    throw new Misuse(`${out} is there already: --force replaces it, --out takes another file`);
  await startBackend('auto', 1);
  const job = { model, file: saved.file, data: dataFor(saved, options), options, out, onFrame };
  return isMusic ? music(job) : speech(job);
}

interface Job {
  readonly model: Model;
  /** Of the model, for messages. */
  readonly file: string;
  /** What it is used on, where that is known. */
  readonly data?: DataOfRun;
  readonly options: SampleFileOptions;
  readonly out: string;
  readonly onFrame: OnFrame;
}

const MUSIC_FRAMES = 200;

async function music(job: Job): Promise<SampledFile> {
  const { model, file, options, out, onFrame } = job;
  if (model.spec.inputSize !== PIANO_KEYS || model.spec.output.frameSize !== PIANO_KEYS)
    throw new Misuse(`${file} has ${model.spec.inputSize} inputs; a piano-roll needs ${PIANO_KEYS}`);
  const { beginning, first, noted } = await beginMusic(job);
  const length = options.length ?? MUSIC_FRAMES;
  const roll = sampleMusic(model, { ...options, length }, first, (drawn) => onFrame(drawn, length));
  writeWholeFile(out, midi.write(roll));
  const seconds = roll.frames * SECONDS_A_MUSIC_FRAME;
  return { file: out, frames: roll.frames, beginning, seconds, ...noted };
}

async function beginMusic({
  file,
  data,
  options,
}: Job): Promise<{ beginning: Beginning; first?: PianoRoll; noted: DataRemarks }> {
  const { prime, primeFrames, seed } = options;
  if (prime !== undefined) {
    const { roll: whole, remarks } = midi.read(readBounded(prime, midi.limit), prime);
    const first = firstFrames(whole, primeFrames ?? whole.frames);
    const noted = { remarks: ofFile(prime, remarks) };
    return { beginning: { from: 'prime', frames: first.frames }, first, noted };
  }
  if (data === undefined) return silence(`${file} does not say its data set; --dataset names it`);
  const dataset = await loadIfThere(data, options.dataset !== undefined);
  if (dataset instanceof Failure) return silence(dataset.message);
  if (dataset.kind !== 'music') throw new Misuse(`${dataset.name} is speech; ${file} is a music model`);
  const first = firstFrames(sequenceToBeginWith(dataset.splits.train, seed), 1);
  const beginning = { from: 'training sequence', dataset: dataset.name, frames: first.frames } as const;
  return { beginning, first, noted: remarksOf(dataset) };
}

const silence = (why: string) => ({ beginning: { from: 'silence', why } as const, noted: { remarks: [] } });

const ofFile = (file: string, remarks: readonly string[]): Remark[] =>
  remarks.map((what) => ({ file, what }));

/** @param isAskedFor the user names it, so that it has to be there; else the reason is returned where it is not */
async function loadIfThere(data: DataOfRun, isAskedFor: boolean): Promise<Dataset | Failure> {
  try {
    return await loadDataFor(data);
  } catch (error) {
    if (isAskedFor || !(error instanceof Failure)) throw error;
    return error;
  }
}

const SPEECH_SECONDS = 3;

async function speech(job: Job): Promise<SampledFile> {
  const { model, file, data, options, out, onFrame } = job;
  const { inputSize, output } = model.spec;
  if (inputSize !== FRAME_INPUT_SAMPLES || output.frameSize !== FRAME_TARGET_SAMPLES)
    throw new Misuse(
      `${file} reads ${inputSize} samples and predicts ${output.frameSize}; a waveform needs ${FRAME_INPUT_SAMPLES} and ${FRAME_TARGET_SAMPLES}`,
    );
  if (data === undefined) throw new Misuse('--dataset is missing: a file does not say the scale of its data');
  const dataset = await loadDataFor(data);
  if (dataset.kind !== 'speech') throw new Misuse(`${dataset.name} is music; ${file} is a speech model`);
  const { mean, deviation, sampleRate } = dataset;
  const { beginning, first, noted } = beginSpeech(dataset, options);
  const length = options.length ?? Math.round((SPEECH_SECONDS * sampleRate) / FRAME_TARGET_SAMPLES);
  const samples = sampleFrames(model, { ...options, length }, first, (drawn) => onFrame(drawn, length));
  const scaled = samples.map((sample) => sample * deviation + mean);
  writeWholeFile(out, wav.write(scaled, sampleRate));
  return {
    file: out,
    frames: beginning.frames + length,
    beginning,
    seconds: samples.length / sampleRate,
    ...noted,
  };
}

function beginSpeech(dataset: SpeechDataset, { prime, primeFrames, seed }: SampleFileOptions) {
  const { name, splits, mean, deviation, sampleRate } = dataset;
  const noted = remarksOf(dataset);
  if (prime === undefined) {
    const first = sequenceToBeginWith(splits.train, seed).samples.slice(0, FRAME_INPUT_SAMPLES);
    return { beginning: { from: 'training sequence', dataset: name, frames: 0 } as const, first, noted };
  }
  const { samples: recording, remarks } = readPrime(prime, sampleRate, primeFrames);
  const frames = Math.floor((recording.length - FRAME_INPUT_SAMPLES) / FRAME_TARGET_SAMPLES);
  const first = recording.map((sample) => (sample - mean) / deviation);
  const withPrime = { ...noted, remarks: [...ofFile(prime, remarks), ...noted.remarks] };
  return { beginning: { from: 'prime', frames } as const, first, noted: withPrime };
}

function readPrime(
  file: string,
  sampleRate: number,
  frames?: number,
): Pick<Recording, 'samples' | 'remarks'> {
  const recording = wav.read(readBounded(file, wav.limit), file);
  if (recording.sampleRate !== sampleRate)
    throw new Failure(
      `${file} is sampled at ${recording.sampleRate} Hz; the model's data at ${sampleRate} Hz`,
    );
  if (recording.samples.length < FRAME_INPUT_SAMPLES)
    throw new Failure(`${file} has ${recording.samples.length} samples; ${FRAME_INPUT_SAMPLES} are needed`);
  const most = frames === undefined ? undefined : FRAME_INPUT_SAMPLES + frames * FRAME_TARGET_SAMPLES;
  return { samples: recording.samples.slice(0, most), remarks: recording.remarks };
}
