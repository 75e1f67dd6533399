import { freemem } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { ModelSpec } from '../model/spec.js';
import { BACKENDS } from '../platform/backend-names.js';
import { Failure } from '../platform/failure.js';
import { plural } from '../platform/format-number.js';
import type { Draw } from '../random/draws.js';
import type { FusedKernels } from './choice.js';
import {
  batchArguments,
  type Engine,
  EXTENTS,
  type Extent,
  settingsArguments,
  type UpdatedVectors,
  type UpdateSettings,
} from './engine.js';
import { engineOf } from './engines.js';
import { modelArgumentFor } from './native.js';
import type { KernelPath } from './paths.js';

/**
 * The C++ kernels as TensorFlow.js kernels, on every backend: they read and write the flat vectors in main
 * memory, where the `tensorflow` backend keeps a tensor that no ordinary operation has touched.
 *
 * An output may go to an array of the caller (`into`), who must not use the array for anything else before the
 * tensor is disposed of; so one array serves all updates of a run.
 */
const SEQUENCE_NLL = 'SequenceNll';
const SEQUENCE_NLL_AND_GRADIENT = 'SequenceNllAndGradient';
const TRAINING_UPDATE = 'TrainingUpdate';

interface NllAttributes {
  readonly kernels: FusedKernels;
  readonly spec: ModelSpec;
  readonly batch: Batch;
  readonly into?: Float32Array;
}

interface UpdateAttributes {
  readonly kernels: FusedKernels;
  readonly spec: ModelSpec;
  readonly batch: Batch;
  readonly settings: UpdateSettings;
  readonly draw: Pick<Draw, 'seed' | 'epoch' | 'update'>;
  readonly into: UpdatedVectors<Float32Array>;
  /** Receives the gradient's norm, which may exceed float32. */
  readonly norm: Float64Array;
}

/** NLL of each sequence, differentiable in the parameters. @returns [B] nats */
export function fusedSequenceNll(
  kernels: FusedKernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
): tf.Tensor1D {
  return run<tf.Tensor1D>(SEQUENCE_NLL, { parameters }, { kernels, spec, batch });
}

/**
 * NLL of each sequence and the gradient of Σ_b dy_b·NLL_b.
 *
 * @param dy [B]
 * @param into where the gradient goes, if not to a new array
 */
export function fusedSequenceNllAndGradient(
  kernels: FusedKernels,
  spec: ModelSpec,
  parameters: tf.Tensor1D,
  batch: Batch,
  dy: tf.Tensor1D,
  into?: Float32Array,
): [nll: tf.Tensor1D, gradient: tf.Tensor1D] {
  return run(SEQUENCE_NLL_AND_GRADIENT, { parameters, dy }, { kernels, spec, batch, into });
}

/**
 * One update: the gradient of the batch's mean NLL at the noisy weights, and a step of RMSProp with momentum on those
 * without noise.
 *
 * @param into where the next vectors go
 * @returns the NLL of each sequence [B], nats, the gradient's norm, and the next vectors; where the norm is not
 *   finite, there are none
 */
export function fusedUpdate(
  [parameters, meanSquare, velocity]: UpdatedVectors<tf.Tensor1D>,
  attributes: Omit<UpdateAttributes, 'norm'>,
): { nll: tf.Tensor1D; gradientNorm: number; next: UpdatedVectors<tf.Tensor1D> | undefined } {
  const norm = new Float64Array(1);
  const inputs = { parameters, meanSquare, velocity };
  const [nll, ...next] = run<tf.Tensor1D[]>(TRAINING_UPDATE, inputs, { ...attributes, norm });
  return {
    nll,
    gradientNorm: norm[0],
    next: next.length === 3 ? [next[0], next[1], next[2]] : undefined,
  };
}

function run<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: object,
): T {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as T;
}

type KernelCall<Attributes> = {
  inputs: Record<string, tf.TensorInfo>;
  attrs: Attributes;
  backend: tf.KernelBackend;
};

function sequenceNllKernel({ inputs, attrs, backend }: KernelCall<NllAttributes>): tf.TensorInfo {
  const { kernels, spec, batch } = attrs;
  checkMemory(kernels, spec, batch, EXTENTS.nll);
  const nll = new Float64Array(batch.sequences);
  const parameters = values(backend, inputs.parameters);
  const { engine } = placeOf(kernels, spec);
  unlessRefused(() => engine.sequenceNll(...nllArguments(kernels, spec, batch), parameters, nll));
  return output(backend, Float32Array.from(nll));
}

function sequenceNllAndGradientKernel({
  inputs,
  attrs,
  backend,
}: KernelCall<NllAttributes>): tf.TensorInfo[] {
  const { kernels, spec, batch } = attrs;
  checkMemory(kernels, spec, batch, EXTENTS.gradient);
  const parameters = values(backend, inputs.parameters);
  const nll = new Float64Array(batch.sequences);
  const gradient = attrs.into ?? new Float32Array(parameters.length);
  const dy = values(backend, inputs.dy);
  const { engine } = placeOf(kernels, spec);
  unlessRefused(() =>
    engine.sequenceNll(...nllArguments(kernels, spec, batch), parameters, nll, dy, gradient),
  );
  return [output(backend, Float32Array.from(nll)), output(backend, gradient)];
}

function trainingUpdateKernel({ inputs, attrs, backend }: KernelCall<UpdateAttributes>): tf.TensorInfo[] {
  const { kernels, spec, batch, settings, draw, into, norm } = attrs;
  checkMemory(kernels, spec, batch, EXTENTS.update);
  const nll = new Float64Array(batch.sequences);
  const { engine } = placeOf(kernels, spec);
  norm[0] = unlessRefused(() =>
    engine.update(
      ...nllArguments(kernels, spec, batch),
      nll,
      values(backend, inputs.parameters),
      values(backend, inputs.meanSquare),
      values(backend, inputs.velocity),
      ...into,
      ...settingsArguments(settings, draw),
    ),
  );
  const next = Number.isFinite(norm[0]) ? into : [];
  return [Float32Array.from(nll), ...next].map((vector) => output(backend, vector));
}

for (const backendName of BACKENDS.filter((name) => name !== 'auto')) {
  const register = <Attributes>(
    kernelName: string,
    kernel: (call: KernelCall<Attributes>) => tf.TensorInfo | tf.TensorInfo[],
  ) => tf.registerKernel({ kernelName, backendName, kernelFunc: kernel as unknown as tf.KernelFunc });
  register(SEQUENCE_NLL, sequenceNllKernel);
  register(SEQUENCE_NLL_AND_GRADIENT, sequenceNllAndGradientKernel);
  register(TRAINING_UPDATE, trainingUpdateKernel);
}

tf.registerGradient({
  kernelName: SEQUENCE_NLL,
  inputsToSave: ['parameters'],
  gradFunc: (dy, [parameters], attributes) => ({
    parameters: () => {
      const { kernels, spec, batch } = attributes as unknown as NllAttributes;
      const outputs = fusedSequenceNllAndGradient(
        kernels,
        spec,
        parameters as tf.Tensor1D,
        batch,
        dy as tf.Tensor1D,
      );
      outputs[0].dispose();
      return outputs[1];
    },
  }),
});

function values(backend: tf.KernelBackend, { dataId }: tf.TensorInfo): Float32Array {
  return backend.readSync(dataId) as Float32Array;
}

function output(backend: tf.KernelBackend, vector: Float32Array): tf.TensorInfo {
  const shape = [vector.length];
  return { dataId: backend.write(vector, shape, 'float32'), shape, dtype: 'float32' };
}

/** @throws Failure where the system refuses what a call needs: threads, or memory */
function unlessRefused<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const isOurFault = error instanceof TypeError || error instanceof RangeError;
    throw isOurFault ? error : new Failure(`the fused kernels: ${(error as Error).message}`);
  }
}

/** Where the kernels of a model are called: what runs them, the path's number there, and the model as it takes it. */
interface Place {
  readonly engine: Engine;
  readonly path: number;
  readonly model: Int32Array;
}

const places: Record<string, WeakMap<ModelSpec, Place>> = {};

function placeOf({ simd }: FusedKernels, spec: ModelSpec): Place {
  places[simd] ??= new WeakMap();
  const place = places[simd].get(spec) ?? findPlace(simd, spec);
  places[simd].set(spec, place);
  return place;
}

function findPlace(simd: KernelPath, spec: ModelSpec): Place {
  const engine = engineOf(simd, spec.unit);
  return { engine, path: engine.paths.indexOf(simd), model: modelArgumentFor(engine, simd, spec) };
}

function nllArguments(kernels: FusedKernels, spec: ModelSpec, batch: Batch) {
  const { path, model } = placeOf(kernels, spec);
  return [path, kernels.threads, model, ...batchArguments(batch)] as const;
}

/** Bytes of the largest workspace so far, which an engine keeps for the calls to come. */
const workspaces = new WeakMap<Engine, number>();

/** @throws Failure where a batch needs more memory than there is, before any of it is taken */
function checkMemory(kernels: FusedKernels, spec: ModelSpec, batch: Batch, extent: Extent): void {
  const { sequences, frames } = batch;
  const { engine, path, model } = placeOf(kernels, spec);
  const workspace = workspaces.get(engine) ?? 0;
  const bytes = engine.workspaceBytes(path, model, sequences, frames, extent, kernels.threads);
  if (bytes <= workspace) return;
  const free = availableMemory() + workspace;
  const most = engine.mostBytes ?? Number.POSITIVE_INFINITY;
  if (bytes > Math.min(free, most))
    throw new Failure(
      `a batch of ${plural(sequences, 'sequence')} with ${frames} frames needs ` +
        `${gibibytes(bytes)} GiB of memory and ${
          free < most ? `${gibibytes(free)} GiB are free` : `WebAssembly has ${gibibytes(most)} GiB at most`
        }: take fewer sequences an update (--batch-size) or shorter ones`,
    );
  workspaces.set(engine, bytes);
}

/** What this process may still take, by the system's or a container's limit; bytes. */
function availableMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory?.() ?? freemem();
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
