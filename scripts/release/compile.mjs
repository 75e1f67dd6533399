import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../install/child.mjs';

const EXPORTS = fileURLToPath(new URL('exports.map', import.meta.url));
const COMPILE_SECONDS = 1200;

/** Those of binding.gyp that are the same on every path. */
const SHARED_SOURCES = ['addon', 'model', 'paths', 'threads', 'workspace'];

/**
 * Compiles the addon for one platform.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {string} sources folder of the C++ sources
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {string} addon where it goes
 * @throws Error with the reason in one line
 */
export async function compileAddon({ platform, triple, paths, link }, sources, toolchain, addon) {
  const flags = JSON.parse(readFileSync(join(sources, 'flags.json'), 'utf8'));
  const shared = [
    ...flags.all,
    '-DNAPI_VERSION=8',
    '-DNDEBUG',
    '-fno-sanitize=undefined',
    `-I${toolchain.headers}`,
  ];
  const folder = mkdtempSync(join(tmpdir(), 'gru-bench-release-'));
  /** @type {(...words: string[]) => Promise<void>} */
  const zig = async (...words) => {
    const { environment } = toolchain;
    const done = await runChild(toolchain.zig, words, { seconds: COMPILE_SECONDS, folder, environment });
    if (!done.ok) throw new Error(`${platform}: ${done.reason}`);
  };
  /** @type {(source: string, object: string, ...words: string[]) => Promise<void>} */
  const compile = (source, object, ...words) =>
    zig('c++', '-target', triple, ...shared, ...words, '-c', join(sources, source), '-o', object);
  try {
    const objects = [...paths, ...SHARED_SOURCES].map((name) => `${name}.o`);
    await inParallel([
      ...paths.map(
        (path) => () => compile('kernels.cpp', `${path}.o`, `-DPATH_${path.toUpperCase()}`, ...flags[path]),
      ),
      ...SHARED_SOURCES.map((name) => () => compile(`${name}.cpp`, `${name}.o`)),
    ]);
    copyFileSync(EXPORTS, join(folder, 'exports.map'));
    if (link.includes('node.lib')) await makeImportLibrary(zig, toolchain, folder);
    await zig('c++', '-target', triple, '-shared', '-s', '-o', addon, ...objects, ...link);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * On Windows, whose functions a library takes from which program is settled when it is linked: Node-API's are
 * node.exe's.
 *
 * @param {(...words: string[]) => Promise<void>} zig
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {string} folder
 */
async function makeImportLibrary(zig, { symbols }, folder) {
  const names = symbols.flatMap((file) => readFileSync(file, 'utf8').split(/\r?\n/).slice(2));
  writeFileSync(join(folder, 'node.def'), ['NAME NODE.EXE', 'EXPORTS', ...names].join('\n'));
  await zig('dlltool', '-m', 'i386:x86-64', '-d', 'node.def', '-l', 'node.lib');
}

/**
 * Runs some jobs, as many at a time as there are cores.
 *
 * @param {(() => Promise<void>)[]} jobs
 */
async function inParallel(jobs) {
  const left = [...jobs];
  const work = async () => {
    for (let job = left.shift(); job; job = left.shift()) await job();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}
