import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PACKAGE_ROOT } from '../platform/folders.js';
import type { Engine } from './engine.js';
import type { WasmPath } from './paths.js';
import { createEngine } from './wasm.js';

/** The modules that come with the package, made by `npm run build:wasm`. */
export const MODULE_FILES: Readonly<Record<WasmPath, string>> = {
  'wasm-fma': join(PACKAGE_ROOT, 'wasm', 'kernels-fma.wasm'),
  wasm: join(PACKAGE_ROOT, 'wasm', 'kernels.wasm'),
};

const loaded = new Map<WasmPath, Engine | string>();

/** The module of a path, or in one line why it does not run here. */
export function loadWasm(path: WasmPath): Engine | string {
  const engine = loaded.get(path) ?? tryToLoad(path);
  loaded.set(path, engine);
  return engine;
}

function tryToLoad(path: WasmPath): Engine | string {
  try {
    return startModule(readFileSync(MODULE_FILES[path]));
  } catch (error) {
    return `the WebAssembly kernels do not run: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** @throws Error where the module does not run here */
export function startModule(bytes: Uint8Array): Engine {
  // The V8 of Node 20 has relaxed SIMD, but only when told to; later ones have no such flag, and say so.
  if (!WebAssembly.validate(bytes) && process.versions.v8.startsWith('11.3.'))
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  return createEngine(new WebAssembly.Module(bytes));
}
