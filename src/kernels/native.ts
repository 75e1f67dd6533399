import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Unit } from '../model/graph/define-unit.js';
import { layerOf } from '../model/outputs/registry.js';
import type { ModelSpec } from '../model/spec.js';
import { Failure, Misuse } from '../platform/failure.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { readInstallation } from '../platform/installation.js';
import { SIMD_PATHS, type SimdPath } from '../platform/processor.js';
import { unitKey } from './generate/header.js';

/**
 * The functions of the C++ addon, src/kernels/native/addon.cpp. `path` is an index into `paths`. A model is
 * [unit, hidden units, input size, output, frame size, mixtures], the unit as an index into `units`; rows are dense
 * values, or starts and columns.
 * Arguments that do not fit throw a TypeError or RangeError, what the system refuses (memory, threads) an Error.
 */
export interface NativeKernels {
  /** What this processor can run, the widest first. */
  readonly paths: readonly SimdPath[];
  /** The recurrent units that are built in; the hash is `unitKey` of their equations. */
  readonly units: readonly { readonly name: string; readonly hash: string }[];
  sequenceNll(
    path: number,
    threads: number,
    model: Int32Array,
    active: Int32Array,
    inputs: Float32Array | null,
    inputStarts: Int32Array | null,
    inputColumns: Uint8Array | null,
    targets: Float32Array | null,
    targetStarts: Int32Array | null,
    targetColumns: Uint8Array | null,
    parameters: Float32Array,
    nll: Float64Array,
    dy?: Float32Array,
    gradient?: Float32Array,
  ): void;
  workspaceBytes(
    path: number,
    model: Int32Array,
    sequences: number,
    frames: number,
    gradient: 0 | 1,
    threads: number,
  ): number;
  /**
   * @param file a library that holds one unit, compiled for the path
   * @returns its number among the path's units
   */
  loadUnit(path: number, file: string): number;
  weightNoise(
    path: number,
    model: Int32Array,
    parameters: Float32Array,
    noisy: Float32Array,
    deviation: number,
    seed: number,
    purpose: number,
    update: number,
    epoch: number,
  ): void;
  /** @returns the norm of the gradient; where it is not finite, nothing is written */
  rmsPropMomentum(
    path: number,
    parameters: Float32Array,
    meanSquare: Float32Array,
    velocity: Float32Array,
    gradient: Float32Array,
    nextParameters: Float32Array,
    nextMeanSquare: Float32Array,
    nextVelocity: Float32Array,
    decay: number,
    momentum: number,
    learningRate: number,
    rmsFloor: number,
    maximumGradientNorm: number,
  ): number;
  /**
   * @param rounds at most 2²⁴
   * @returns how many fused multiply-adds it did, as fast as registers allow
   */
  multiplyAdds(path: number, rounds: number): number;
}

const require = createRequire(import.meta.url);

/**
 * The addon: what the install step built for this machine (build/Release), else what the package brings for it
 * (prebuilds); undefined where there is neither. GRU_BENCH_ADDON names another one, such as a sanitised build.
 */
export const ADDON_FILE = process.env.GRU_BENCH_ADDON || findAddon();

function findAddon(): string | undefined {
  const { path } = require('node-gyp-build') as { path(root: string): string };
  try {
    return path(PACKAGE_ROOT);
  } catch {
    return undefined;
  }
}

let loaded: NativeKernels | string | undefined;

/** The addon, or in one line why there is none. */
export function loadNative(): NativeKernels | string {
  loaded ??= tryToLoad();
  return loaded;
}

function tryToLoad(): NativeKernels | string {
  if (ADDON_FILE === undefined || !existsSync(ADDON_FILE)) {
    const reason = readInstallation()?.fused?.reason || 'the install step never ran';
    return `there are no fused kernels: ${reason} (\`gru-bench doctor --fix\` tries again)`;
  }
  try {
    const addon = require(ADDON_FILE) as Partial<NativeKernels>;
    if (addon.loadUnit) return addon as NativeKernels;
    return 'the fused kernels are of another version (`gru-bench doctor --fix` builds them anew)';
  } catch (error) {
    return `the fused kernels do not load: ${(error as Error).message.split('\n')[0]}`;
  }
}

/**
 * The model of a spec as the addon's functions take it.
 *
 * @throws Failure where the addon has no unit of these equations
 */
export function modelFields(
  native: Pick<NativeKernels, 'units'>,
  simd: SimdPath,
  { unit, hiddenSize, inputSize, output }: ModelSpec,
): Int32Array {
  const number = unitNumber(native, simd, unit);
  if (number === undefined)
    throw new Failure(`there are no fused kernels of the unit ${unit.name} as it is here`);
  const { kernelNumber } = layerOf(output);
  const mixtures = 'mixtures' in output ? output.mixtures : 0;
  return Int32Array.of(number, hiddenSize, inputSize, kernelNumber, output.frameSize, mixtures);
}

/** By path and `unitKey`: the numbers of units that were loaded. */
const loadedUnits = new Map<string, number>();

/** The number of a unit on a path, if the addon has it. The equations decide, not the name. */
export function unitNumber(
  { units }: Pick<NativeKernels, 'units'>,
  simd: SimdPath,
  unit: Unit,
): number | undefined {
  const key = unitKey(unit);
  const index = units.findIndex(({ hash }) => hash === key);
  return index >= 0 ? index : loadedUnits.get(`${simd} ${key}`);
}

/** @param file the unit, compiled for the path. @throws Error where it does not load */
export function loadUnit(native: NativeKernels, simd: SimdPath, unit: Unit, file: string): void {
  loadedUnits.set(`${simd} ${unitKey(unit)}`, native.loadUnit(native.paths.indexOf(simd), file));
}

/**
 * The vector instructions to use: the widest of this processor, or those that GRU_BENCH_SIMD names.
 *
 * @throws Misuse where it names others than this processor runs
 */
export function chosenPath(
  { paths }: Pick<NativeKernels, 'paths'>,
  environment: NodeJS.ProcessEnv = process.env,
): SimdPath {
  const forced = environment.GRU_BENCH_SIMD;
  if (!forced) return paths[0];
  const path = SIMD_PATHS.find((name) => name === forced);
  if (path && paths.includes(path)) return path;
  throw new Misuse(`GRU_BENCH_SIMD=${forced}: this processor runs ${paths.join(', ')}`);
}
