import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { pathWithoutCompiler } from './fetch-node.mjs';
import { install } from './managers.mjs';

const FIX_SECONDS = 600;

/**
 * A way to install, and what the program then uses.
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {import('./managers.mjs').Manager} manager
 * @property {readonly string[]} [flags] for the manager
 * @property {boolean} prebuilt whether the package brings an addon for this platform
 * @property {'addon' | 'wasm'} kernels
 * @property {'tensorflow' | 'wasm'} backend
 * @property {Record<string, string>} [environment]
 * @property {boolean} [runsOnBun] instead of Node
 * @property {boolean} [withoutCompiler] nor anything else but a shell and Node
 * @property {boolean} [fix] `gru-bench doctor --fix` builds what is missing afterwards
 */

const WITH_ADDON = /** @type {const} */ ({ prebuilt: true, kernels: 'addon', backend: 'wasm' });
const WITHOUT_ADDON = /** @type {const} */ ({ prebuilt: false, kernels: 'wasm', backend: 'wasm' });

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'npm', manager: 'npm', ...WITH_ADDON },
  { name: 'npm --ignore-scripts', manager: 'npm', flags: ['--ignore-scripts'], ...WITH_ADDON },
  { name: 'npm, without an addon', manager: 'npm', ...WITHOUT_ADDON },
  {
    name: 'npm, without an addon or a compiler',
    manager: 'npm',
    ...WITHOUT_ADDON,
    withoutCompiler: true,
  },
  {
    name: 'npm, where the addon is for another C library (musl)',
    manager: 'npm',
    ...WITHOUT_ADDON,
    prebuilt: true,
    // What node-gyp-build goes by.
    environment: { LIBC: 'musl' },
  },
  {
    name: 'npm, then doctor --fix for tfjs-node and the addon',
    manager: 'npm',
    prebuilt: false,
    kernels: 'addon',
    backend: 'tensorflow',
    fix: true,
  },
  { name: 'pnpm', manager: 'pnpm', ...WITH_ADDON },
  {
    name: 'pnpm, scripts allowed',
    manager: 'pnpm',
    flags: ['--config.dangerously-allow-all-builds=true'],
    ...WITH_ADDON,
  },
  {
    name: 'pnpm, without an addon or a compiler',
    manager: 'pnpm',
    ...WITHOUT_ADDON,
    withoutCompiler: true,
  },
  { name: 'bun', manager: 'bun', ...WITH_ADDON },
  {
    name: 'bun, without an addon or a compiler',
    manager: 'bun',
    ...WITHOUT_ADDON,
    withoutCompiler: true,
  },
  { name: 'bun, which also runs it', manager: 'bun', ...WITH_ADDON, runsOnBun: true },
  {
    name: 'bun, then doctor --fix for the addon',
    manager: 'bun',
    prebuilt: false,
    kernels: 'addon',
    backend: 'wasm',
    environment: { GRU_BENCH_TFJS: 'skip' },
    fix: true,
  },
];

/**
 * @typedef {object} Place
 * @property {string} folder
 * @property {readonly string[]} program what runs gru-bench in it
 * @property {NodeJS.ProcessEnv} environment to run it in
 */

/**
 * Installs the packed package into an empty folder.
 *
 * @param {{ withPrebuilt: string, withoutPrebuilt: string }} files the .tgz
 * @param {import('./fetch-node.mjs').NodeVersion} node
 * @param {Variant} variant
 * @param {{ pnpm: string, bun: string, store: string }} managers
 * @param {string} work
 * @returns {Promise<Place>}
 */
export async function installPackage(files, node, variant, managers, work) {
  const folder = mkdtempSync(join(work, 'project-'));
  /** @type {NodeJS.ProcessEnv} */
  const environment = {
    ...node.environment,
    ...variant.environment,
    // One that an earlier install left in the cache folder would serve.
    ...(variant.backend === 'wasm' ? { GRU_BENCH_CACHE: mkdtempSync(join(work, 'cache-')) } : {}),
    ...(variant.withoutCompiler ? { PATH: pathWithoutCompiler(node, work) } : {}),
  };
  const file = variant.prebuilt ? files.withPrebuilt : files.withoutPrebuilt;
  await install(file, folder, node, variant, managers, environment);
  const runtime = variant.runsOnBun ? [managers.bun, '--bun'] : [node.program];
  const program = [...runtime, join(folder, 'node_modules', 'gru-bench', 'bin', 'gru-bench.js')];
  if (variant.fix) {
    const [first, ...rest] = [...program, 'doctor', '--fix'];
    const fixed = await runChild(first, rest, { seconds: FIX_SECONDS, folder, environment });
    if (!fixed.ok) throw new Error(`doctor --fix: ${fixed.reason}`);
  }
  return { folder, program, environment };
}
