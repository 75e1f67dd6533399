import type { FileRemark, PianoRoll, Split } from '../data/sequence.js';
import type { WasmPath } from '../kernels/paths.js';
import type { UnitData } from '../model/graph/unit-data.js';
import type { SampleOptions } from '../sampling/draw-piece.js';
import type { CurveRow } from '../training/curve-row.js';
import type { Ending } from '../training/progress.js';
import type { GivenFile, NamedPiece } from './given-music.js';
import type { KernelModule } from './start-engine.js';

/** What the page shows of the music that a run trains on. */
export interface MusicSummary {
  readonly id: number;
  readonly name: string;
  readonly sequences: Readonly<Record<Split, number>>;
  /** Predicted frames of the training set. */
  readonly framesAnEpoch: number;
  /** Who decided which file belongs to which split. */
  readonly split: string;
  /** The `--split-seed` that gives this split, where it is not the default. */
  readonly splitSeed?: number;
  /** What was left out and noted, a line each. */
  readonly remarks: readonly string[];
  readonly broken: readonly FileRemark[];
  readonly test: readonly NamedPiece[];
}

/** What a user asks a run to be. Sizes that are left out are those of equal parameters. */
export interface RunFields {
  readonly unit: string;
  readonly hidden?: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** What the page asks of its worker, and what that answers; a refusal is one line instead. */
export interface Requests {
  start: {
    ask: { readonly modules: readonly KernelModule[]; readonly units: readonly UnitData[] };
    answer: { readonly path: WasmPath; readonly why: string };
  };
  read: {
    ask: { readonly name: string; readonly files: readonly GivenFile[] };
    answer:
      | { readonly music: MusicSummary }
      | { readonly pieces: readonly NamedPiece[]; readonly remarks: readonly string[] };
  };
  /** Answered when it ends. */
  train: {
    ask: { readonly run: number; readonly music: number; readonly fields: RunFields };
    answer: Ending;
  };
  goOn: { ask: { readonly run: number }; answer: Ending };
  /** Answered when the training has heard it. */
  stop: { ask: Record<never, never>; answer: undefined };
  /** Forgets runs, and music that no page shows any more. */
  forget: { ask: { readonly runs: readonly number[]; readonly music?: number }; answer: undefined };
  draw: {
    ask: { readonly run: number; readonly beginning: PianoRoll; readonly options: SampleOptions };
    answer: { readonly roll: PianoRoll; readonly epoch: number };
  };
  /** The best parameters as a safetensors file. */
  model: { ask: { readonly run: number }; answer: Uint8Array<ArrayBuffer> };
}

export type RequestName = keyof Requests;

/** What the worker tells of a run that goes on. */
export interface Progressing {
  readonly run: number;
  readonly epoch: number;
  readonly update: number;
  readonly updatesAnEpoch: number;
  /** Since the run began or went on, evaluation included: updates done, and the seconds they took. */
  readonly updatesDone: number;
  readonly seconds: number;
}

export interface EpochDone {
  readonly run: number;
  readonly row: CurveRow;
  readonly isBest: boolean;
}

export type ToWorker = {
  [Name in RequestName]: { readonly name: Name; readonly id: number; readonly ask: Requests[Name]['ask'] };
}[RequestName];

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly line: string }
  | { readonly kind: 'progress'; readonly progress: Progressing }
  | { readonly kind: 'epoch'; readonly epoch: EpochDone };
