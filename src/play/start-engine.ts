import type { Engine } from '../kernels/engine.js';
import type { WasmPath } from '../kernels/paths.js';
import { createEngine } from '../kernels/wasm.js';
import { Failure } from '../platform/failure.js';

/** A WebAssembly module of the kernels. */
export interface KernelModule {
  readonly path: WasmPath;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface StartedEngine {
  readonly engine: Engine;
  readonly path: WasmPath;
  /** Why it is not the first; empty where it is. */
  readonly why: string;
}

/**
 * Starts the first module that runs here.
 *
 * @param modules what is to be preferred first
 * @throws Failure where none runs
 */
export function startEngine(modules: readonly KernelModule[]): StartedEngine {
  const reasons: string[] = [];
  for (const { path, bytes } of modules) {
    try {
      return { engine: createEngine(new WebAssembly.Module(bytes)), path, why: reasons.join('; ') };
    } catch (error) {
      reasons.push((error as Error).message.split('\n')[0]);
    }
  }
  throw new Failure(`the kernels do not run here, they need WebAssembly with SIMD: ${reasons.join('; ')}`);
}
