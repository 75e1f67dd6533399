/** The thread that reads music, trains and draws, so that the page stays at hand. */
import './without-eval.js';

import { predictedFrames } from '../../data/batch.js';
import { remarkLines, splitText } from '../../data/remarks-text.js';
import type { PianoRoll } from '../../data/sequence.js';
import { DEFAULT_SPLIT_SEED } from '../../data/split.js';
import { encodeSafetensors } from '../../model/encode-safetensors.js';
import { referenceReader } from '../../model/graph/reference.js';
import type { UnitData } from '../../model/graph/unit-data.js';
import { modelMetadata, namedTensors } from '../../model/model-tensors.js';
import { paperSpec } from '../../model/spec.js';
import { unitNamed } from '../../model/units/registry.js';
import { Failure } from '../../platform/failure.js';
import { internalErrorText } from '../../platform/internal-error.js';
import { drawPiece, type SampleOptions } from '../../sampling/draw-piece.js';
import type { Ending } from '../../training/progress.js';
import { type Music, readGivenMusic } from '../given-music.js';
import type { FromWorker, MusicSummary, RequestName, Requests, RunFields, ToWorker } from '../messages.js';
import { beginRun, type Run, type TrainingMusic, trainingMusic, trainRun } from '../run.js';
import { runOptions } from '../run-options.js';
import { type StartedEngine, startEngine } from '../start-engine.js';

let started: StartedEngine;
let unitData: readonly UnitData[];
let lastMusic = 0;
const musics = new Map<number, TrainingMusic>();
const runs = new Map<number, Run>();
/** The run that trains, if any. */
let training: { readonly run: number; stop: boolean; readonly ended: Promise<unknown> } | undefined;

type Handlers = {
  [Name in RequestName]: (
    ask: Requests[Name]['ask'],
  ) => Requests[Name]['answer'] | Promise<Requests[Name]['answer']>;
};

const handlers: Handlers = {
  start({ modules, units }) {
    started = startEngine(modules);
    unitData = units;
    return { path: started.path, why: started.why };
  },

  async read({ name, files }) {
    const read = await readGivenMusic(name, files);
    const { broken } = 'pieces' in read ? read : read.folder;
    const remarks = remarkLines({ remarks: read.remarks, folder: { broken } }, Number.POSITIVE_INFINITY);
    if ('pieces' in read) return { pieces: read.pieces, remarks };
    const id = ++lastMusic;
    musics.set(id, trainingMusic(read));
    return { music: summaryOf(id, read, remarks) };
  },

  train({ run, music, fields }) {
    runs.set(run, runOf(fields, musics.get(music) as TrainingMusic));
    return trainOn(run);
  },

  goOn: ({ run }) => trainOn(run),

  async stop() {
    if (!training) return;
    training.stop = true;
    await training.ended;
  },

  forget({ runs: forgotten, music }) {
    for (const run of forgotten) runs.delete(run);
    if (music !== undefined) musics.delete(music);
  },

  draw({ run, beginning, options }) {
    const { progress } = runNamed(run);
    return { roll: draw(runNamed(run), beginning, options), epoch: progress.bestEpoch };
  },

  model({ run }) {
    const { spec, best } = runNamed(run);
    const metadata = modelMetadata(spec, unitData.find(({ name }) => name === spec.unit.name) as UnitData);
    return encodeSafetensors({
      metadata,
      tensors: namedTensors({ spec, parameters: best }),
    }) as Uint8Array<ArrayBuffer>;
  },
};

function summaryOf(id: number, { name, splits, folder }: Music, remarks: readonly string[]): MusicSummary {
  const { splitBy } = folder;
  const isBySeed = splitBy !== 'folders' && splitBy.seed !== DEFAULT_SPLIT_SEED;
  return {
    id,
    name,
    sequences: { train: splits.train.length, valid: splits.valid.length, test: splits.test.length },
    framesAnEpoch: splits.train.reduce((sum, roll) => sum + predictedFrames(roll), 0),
    split: splitText({ folder }) as string,
    ...(isBySeed && { splitSeed: splitBy.seed }),
    remarks,
    broken: folder.broken,
    test: splits.test.map((roll, i) => ({ name: folder.files.test[i], roll })),
  };
}

function runOf(fields: RunFields, music: TrainingMusic): Run {
  const { hidden, options } = runOptions(fields);
  const spec = paperSpec('music', unitNamed(fields.unit), { hidden });
  const { hash } = unitData.find(({ name }) => name === fields.unit) as UnitData;
  const unit = started.engine.units.findIndex((one) => hash.startsWith(one.hash));
  if (unit < 0) throw new Failure(`the kernels of this page have other equations of ${fields.unit}`);
  return beginRun(started.engine, unit, spec, options, music);
}

function runNamed(run: number): Run {
  const found = runs.get(run);
  if (!found) throw new Failure('this run was removed');
  return found;
}

/** Milliseconds between two reports of how far a run is. */
const REPORT_INTERVAL = 100;
/** Messages are only heard between turns of the event loop: it gets one this often, milliseconds. */
const TURN_INTERVAL = 20;

async function trainOn(id: number): Promise<Ending> {
  const run = runNamed(id);
  if (training) throw new Failure('another run is training; stop it first');
  let ended = () => {};
  const own = { run: id, stop: false, ended: new Promise<void>((resolve) => (ended = resolve)) };
  training = own;
  const begin = performance.now();
  let [updatesDone, reported, lastTurn] = [0, begin, begin];
  try {
    return await trainRun(run, {
      onUpdate({ epoch, update, updatesAnEpoch }) {
        updatesDone++;
        const now = performance.now();
        if (now - reported < REPORT_INTERVAL) return;
        reported = now;
        const seconds = (now - begin) / 1000;
        const progress = { run: id, epoch, update, updatesAnEpoch, updatesDone, seconds };
        tell({ kind: 'progress', progress });
      },
      onEpoch: (row, isBest) => tell({ kind: 'epoch', epoch: { run: id, row, isBest } }),
      async stopRequested() {
        if (performance.now() - lastTurn > TURN_INTERVAL) {
          await turn();
          lastTurn = performance.now();
        }
        return own.stop || !runs.has(id);
      },
    });
  } finally {
    training = undefined;
    ended();
  }
}

function draw({ spec, best }: Run, beginning: PianoRoll, options: SampleOptions): PianoRoll {
  const { unit, hiddenSize, inputSize, output } = spec;
  const sizes = { hiddenSize, inputSize, frameSize: output.frameSize };
  const read = referenceReader(unit, sizes, Float64Array.from(best));
  return drawPiece((x) => Float32Array.from(read(Float64Array.from(x))), spec, options, beginning);
}

/** Timers would wait four milliseconds; a message to oneself comes at once, after those that wait. */
const channel = new MessageChannel();
let turnComes = () => {};
channel.port1.onmessage = () => turnComes();
function turn(): Promise<void> {
  return new Promise((resolve) => {
    turnComes = resolve;
    channel.port2.postMessage(undefined);
  });
}

function tell(message: FromWorker): void {
  self.postMessage(message);
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  const handler = handlers[data.name] as (ask: unknown) => unknown;
  try {
    tell({ kind: 'answer', id: data.id, answer: await handler(data.ask) });
  } catch (error) {
    const line = error instanceof Failure ? error.message : internalErrorText(error);
    tell({ kind: 'refusal', id: data.id, line });
  }
};
