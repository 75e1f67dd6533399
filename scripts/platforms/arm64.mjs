// Builds the fused kernels for arm64 as its users' machines do, by gcc, and runs them under qemu: each elementary
// function has the bits that it has here, every path holds the goldens and the digits of other machines, and a
// training ends at the same parameters as here.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative } from '../../dist/kernels/native.js';
import { runChild } from '../install/child.mjs';
import { addonPlace, fusedSources } from '../install/fused.mjs';
import { runNodeGyp } from '../install/node-gyp.mjs';
import { PACKAGE_ROOT, PLATFORM } from '../install/places.mjs';
import { foreignNode } from './foreign-node.mjs';
import { startMachine } from './machines.mjs';
import { tryAddon } from './try-kernels.mjs';

const FUNCTIONS = fileURLToPath(new URL('../../test/kernels/native/functions.cpp', import.meta.url));
const GCC = 'aarch64-linux-gnu-';
const COMPILE_SECONDS = 300;

const say = (/** @type {string} */ line) => console.log(line);
const work = mkdtempSync(join(tmpdir(), 'gru-bench-arm64-'));
const sources = fusedSources(PACKAGE_ROOT);
try {
  await requireProgram(`${GCC}g++`, 'g++-aarch64-linux-gnu');
  const machine = await startMachine('linux-arm64', work, say);
  const here = await startMachine(PLATFORM, work, say);
  await compareFunctions();
  const addon = await build();
  const trained = {};
  await tryAddon(here, addonPlace(PACKAGE_ROOT), work, trained);
  say(await tryAddon(machine, addon, work, trained));
} catch (error) {
  console.error(`test:arm64: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * @param {string} program
 * @param {string} debianPackage
 */
async function requireProgram(program, debianPackage) {
  const asked = await runChild(program, ['--version'], { seconds: 20 });
  if (!asked.ok) throw new Error(`${asked.reason} (apt-get install ${debianPackage})`);
}

/** What one compiler makes of one function is not what another does, where the source is not as the language has it. */
async function compareFunctions() {
  const native = loadNative();
  if (typeof native === 'string') throw new Error(native);
  for (const [path, alike] of [
    ['neon', native.paths[0]],
    ['plain', 'plain'],
  ]) {
    if (path !== 'plain' && alike === 'plain') continue;
    const there = await functionsOn(path, `${GCC}g++`, ['-static'], ['qemu-aarch64-static']);
    const expected = await functionsOn(alike, 'g++', [], []);
    const other = there.find((line, i) => line !== expected[i]);
    if (other)
      throw new Error(`a function has other bits on ${path} than on ${alike}: ${other.split(' ')[0]}`);
    say(`${there.length} functions on ${path}: the bits of ${alike}`);
  }
}

/**
 * @param {string} path
 * @param {string} compiler
 * @param {string[]} settings
 * @param {string[]} runner
 */
async function functionsOn(path, compiler, settings, runner) {
  const flags = JSON.parse(readFileSync(join(sources, 'flags.json'), 'utf8'));
  const program = join(work, `functions-${path}-${compiler}`);
  const words = [
    ...flags.all,
    ...flags[path],
    ...settings,
    '-w',
    `-DPATH_${path.toUpperCase()}`,
    `-I${sources}`,
  ];
  await run(compiler, [...words, FUNCTIONS, '-o', program]);
  const [first, ...rest] = [...runner, program];
  return (await run(first, rest)).trim().split('\n');
}

/** @returns {Promise<string>} the addon */
async function build() {
  const folder = join(work, 'native');
  mkdirSync(folder);
  cpSync(sources, folder, { recursive: true });
  const tools = { CC: `${GCC}gcc`, CXX: `${GCC}g++`, AR: `${GCC}ar`, LINK: `${GCC}g++` };
  const { folder: headers } = await foreignNode('linux-arm64', say);
  const environment = { ...process.env, ...tools, npm_config_nodedir: headers };
  const built = await runNodeGyp(folder, ['--arch=arm64'], environment);
  if (!built.ok) throw new Error(`building the fused kernels: ${built.reason}`);
  return join(folder, 'build', 'Release', 'gru_bench.node');
}

/**
 * @param {string} program
 * @param {string[]} words
 */
async function run(program, words) {
  const done = await runChild(program, words, { seconds: COMPILE_SECONDS });
  if (!done.ok) throw new Error(done.reason);
  return done.stdout;
}
