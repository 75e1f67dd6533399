import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../platform/folders.js';
import type { KernelPath } from './paths.js';

/** The folder of the kernels' C++. */
export const NATIVE_SOURCES = join(PACKAGE_ROOT, 'src', 'kernels', 'native');

/** The compiler's flags: of all paths, of a path, and of all WebAssembly modules. */
export function compilerFlags(): Readonly<Record<'all' | KernelPath | 'module', readonly string[]>> {
  return JSON.parse(readFileSync(join(NATIVE_SOURCES, 'flags.json'), 'utf8'));
}
