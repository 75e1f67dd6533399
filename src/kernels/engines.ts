import type { Unit } from '../model/graph/define-unit.js';
import type { Engine } from './engine.js';
import { unitKey } from './generate/header.js';
import { loadNative } from './native.js';
import { isWasmPath, type KernelPath, preferredPaths } from './paths.js';
import { loadWasm } from './wasm-modules.js';

/** What runs a path here, or in one line why nothing does. */
export function loadEngine(path: KernelPath): Engine | string {
  if (isWasmPath(path)) return loadWasm(path);
  const native = loadNative();
  if (typeof native === 'string' || native.paths.some((own) => own === path)) return native;
  return `this processor does not run ${path}`;
}

/** All that runs here, what `auto` prefers first. */
export function runnablePaths(): KernelPath[] {
  return preferredPaths().filter((path) => typeof loadEngine(path) !== 'string');
}

/** What can compute a run: a path of the fused kernels, or ordinary TensorFlow.js operations. */
export interface EngineState {
  readonly name: KernelPath | 'composed';
  readonly by: 'addon' | 'WebAssembly' | 'TensorFlow.js';
  readonly runs: boolean;
  /** In one line, why it does not run here. */
  readonly why?: string;
}

/** Every engine, what `auto` prefers first, and whether it runs here. */
export function engineStates(): EngineState[] {
  return [...preferredPaths().map(stateOf), { name: 'composed', by: 'TensorFlow.js', runs: true }];
}

function stateOf(name: KernelPath): EngineState {
  const by = isWasmPath(name) ? 'WebAssembly' : 'addon';
  const engine = loadEngine(name);
  return typeof engine === 'string' ? { name, by, runs: false, why: engine } : { name, by, runs: true };
}

/** By path and `unitKey`: modules that hold a unit of their own. */
const ownModules = new Map<string, Engine>();

/** From now on, a module runs a unit that is not built in. */
export function addModule(path: KernelPath, unit: Unit, engine: Engine): void {
  ownModules.set(`${path} ${unitKey(unit)}`, engine);
}

/** What runs a unit, or any of those built in, on a path that runs here. */
export function engineOf(path: KernelPath, unit?: Unit): Engine {
  const own = unit && ownModules.get(`${path} ${unitKey(unit)}`);
  const engine = own ?? loadEngine(path);
  if (typeof engine === 'string') throw new TypeError(engine);
  return engine;
}
