import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Unit } from '../model/graph/define-unit.js';
import type { ModelSpec } from '../model/spec.js';
import { Failure } from '../platform/failure.js';
import { PACKAGE_ROOT } from '../platform/folders.js';
import { readInstallation } from '../platform/installation.js';
import type { SimdPath } from '../platform/processor.js';
import { type Engine, modelArgument } from './engine.js';
import { unitKey } from './generate/header.js';
import type { KernelPath } from './paths.js';

/** The C++ addon, src/kernels/native/addon.cpp. */
export interface NativeKernels extends Engine {
  readonly paths: readonly SimdPath[];
  /**
   * @param file a library that holds one unit, compiled for the path
   * @returns its number among the path's units
   */
  loadUnit(path: number, file: string): number;
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
  if (process.env.GRU_BENCH_ADDON && !existsSync(process.env.GRU_BENCH_ADDON))
    return `there is no addon: GRU_BENCH_ADDON names ${process.env.GRU_BENCH_ADDON}, and no such file exists`;
  if (ADDON_FILE === undefined || !existsSync(ADDON_FILE)) {
    const reason = readInstallation()?.fused?.reason;
    return reason
      ? `there is no addon: ${reason} (\`gru-bench doctor --fix\` tries again)`
      : 'there is no addon (`gru-bench doctor --fix` builds one)';
  }
  try {
    const addon = require(ADDON_FILE) as Partial<NativeKernels>;
    if (addon.loadUnit) return addon as NativeKernels;
    return 'the addon is of another version (`gru-bench doctor --fix` builds it anew)';
  } catch (error) {
    return `the addon does not load: ${(error as Error).message.split('\n')[0]}`;
  }
}

/**
 * The model of a spec as an engine's functions take it (`modelArgument`).
 *
 * @throws Failure where it has no unit of these equations
 */
export function modelArgumentFor(
  engine: Pick<Engine, 'units'>,
  path: KernelPath,
  spec: ModelSpec,
): Int32Array {
  const number = unitNumber(engine, path, spec.unit);
  if (number === undefined)
    throw new Failure(`there are no fused kernels of the unit ${spec.unit.name} as it is here`);
  return modelArgument(number, spec);
}

/** By path and `unitKey`: the numbers of units that were loaded. */
const loadedUnits = new Map<string, number>();

/** The number of a unit on a path, if the engine has it. The equations decide, not the name. */
export function unitNumber(
  { units }: Pick<Engine, 'units'>,
  path: KernelPath,
  unit: Unit,
): number | undefined {
  const key = unitKey(unit);
  const index = units.findIndex(({ hash }) => hash === key);
  return index >= 0 ? index : loadedUnits.get(`${path} ${key}`);
}

/** @param file the unit, compiled for the path. @throws Error where it does not load */
export function loadUnit(native: NativeKernels, simd: SimdPath, unit: Unit, file: string): void {
  loadedUnits.set(`${simd} ${unitKey(unit)}`, native.loadUnit(native.paths.indexOf(simd), file));
}
