import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { roundingOf } from '../../dist/kernels/paths.js';
import { PACKAGE_ROOT } from '../install/places.mjs';

const TRIAL = fileURLToPath(new URL('trial.mjs', import.meta.url));
const PROGRAM = join(PACKAGE_ROOT, 'bin', 'gru-bench.js');
const TRAIN =
  'train --model gru --dataset demo-music --epochs 1 --max-sequences 2 --kernels fused --backend cpu';
const SECONDS = 600;

/** By the rounding of a path: the best parameters of the short training below, which all paths share that round alike. */
/** @typedef {{ fused?: string, plain?: string }} Trained */

/**
 * Holds an addon to the goldens and to the digits of other machines, and trains with each of its paths.
 *
 * @param {import('./machines.mjs').Machine} machine that the addon is for
 * @param {string} addon
 * @param {string} work folder for the runs
 * @param {Trained} trained what an earlier trial found; what is missing is added
 * @returns {Promise<string>} what was run, in a line
 * @throws Error with what did not hold, in one line
 */
export function tryAddon(machine, addon, work, trained) {
  return tryPaths(machine, [], { ...process.env, GRU_BENCH_ADDON: machine.pathOf(addon) }, work, trained);
}

/**
 * As `tryAddon`, for paths of the WebAssembly modules, without an addon.
 *
 * @param {import('./machines.mjs').Machine} machine
 * @param {readonly import('../../src/kernels/paths.js').WasmPath[]} paths
 * @param {string} work
 * @param {Trained} trained
 */
export function tryModules(machine, paths, work, trained) {
  const nothing = machine.pathOf(join(work, 'no-addon.node'));
  return tryPaths(machine, paths, { ...process.env, GRU_BENCH_ADDON: nothing }, work, trained);
}

/**
 * @param {import('./machines.mjs').Machine} machine
 * @param {readonly string[]} paths all of the addon's where there are none
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} work
 * @param {Trained} trained
 */
async function tryPaths(machine, paths, environment, work, trained) {
  const found = JSON.parse(await run(machine, [machine.pathOf(TRIAL), ...paths], environment));
  const faults = [
    ...found.wrong.map((/** @type {string} */ what) => `the golden ${what} does not hold`),
    ...found.others.map((/** @type {string} */ what) => `other digits: ${what}`),
  ];
  if (faults.length > 0)
    throw new Error(`${faults[0]}${faults.length > 1 ? `, and ${faults.length - 1} more` : ''}`);
  for (const path of found.paths) {
    const folder = join(mkdtempSync(join(work, 'run-')), 'run');
    const words = [machine.pathOf(PROGRAM), ...TRAIN.split(' '), '--out', machine.pathOf(folder)];
    await run(machine, words, { ...environment, GRU_BENCH_SIMD: path });
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'best.safetensors')))
      .digest('hex');
    const rounding = roundingOf(path);
    trained[rounding] ??= digest;
    if (trained[rounding] !== digest) throw new Error(`training on ${path} ends at other parameters`);
  }
  return `Node ${found.node} ${machine.how}, on ${found.paths.join(', ')}: ${found.goldens} goldens, digits of ${found.units} units, a training`;
}

/**
 * @param {import('./machines.mjs').Machine} machine
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} environment
 */
async function run(machine, words, environment) {
  const done = await machine.runNode(words, environment, SECONDS);
  if (!done.ok) throw new Error(done.reason);
  return done.stdout;
}
