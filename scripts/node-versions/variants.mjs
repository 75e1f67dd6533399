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
 * @property {boolean} scripts whether install scripts run
 * @property {boolean} optional whether tfjs-node is installed
 * @property {boolean} prebuilt whether the package brings an addon for this platform
 * @property {'addon' | 'wasm'} kernels
 * @property {'tensorflow' | 'wasm'} backend
 * @property {Record<string, string>} [environment]
 * @property {boolean} [withoutCompiler] nor anything else but a shell and Node
 * @property {boolean} [fix] `gru-bench doctor --fix` builds the addon afterwards
 */

const NO_TFJS = { GRU_BENCH_TFJS: 'skip' };
const NO_BUILD = { GRU_BENCH_FUSED: 'skip' };

/** What most have in common: an install whose scripts do not run, without tfjs-node. */
const BARE = /** @type {const} */ ({ scripts: false, optional: false, backend: 'wasm' });
const WITH_ADDON = /** @type {const} */ ({ prebuilt: true, kernels: 'addon' });
const WITHOUT_ADDON = /** @type {const} */ ({ prebuilt: false, kernels: 'wasm' });

/** @type {readonly Variant[]} */
export const VARIANTS = [
  {
    name: 'npm, all of it',
    manager: 'npm',
    scripts: true,
    optional: true,
    backend: 'tensorflow',
    ...WITH_ADDON,
  },
  {
    name: 'npm, without tfjs-node',
    manager: 'npm',
    ...BARE,
    ...WITH_ADDON,
    scripts: true,
    environment: NO_TFJS,
  },
  {
    name: 'npm, the addon built here by doctor --fix',
    manager: 'npm',
    scripts: true,
    optional: true,
    backend: 'tensorflow',
    prebuilt: false,
    kernels: 'addon',
    environment: NO_BUILD,
    fix: true,
  },
  {
    name: 'npm, without an addon',
    manager: 'npm',
    scripts: true,
    optional: true,
    backend: 'tensorflow',
    ...WITHOUT_ADDON,
    environment: NO_BUILD,
  },
  {
    name: 'npm, without a compiler or an addon',
    manager: 'npm',
    ...BARE,
    ...WITHOUT_ADDON,
    scripts: true,
    withoutCompiler: true,
    environment: NO_TFJS,
  },
  { name: 'npm --ignore-scripts', manager: 'npm', ...BARE, ...WITH_ADDON },
  { name: 'npm --ignore-scripts, without an addon', manager: 'npm', ...BARE, ...WITHOUT_ADDON },
  {
    name: 'npm --ignore-scripts, where the addon is for another C library (musl)',
    manager: 'npm',
    ...BARE,
    prebuilt: true,
    kernels: 'wasm',
    // What node-gyp-build goes by.
    environment: { LIBC: 'musl' },
  },
  {
    name: 'pnpm, all of it',
    manager: 'pnpm',
    scripts: true,
    optional: true,
    backend: 'tensorflow',
    ...WITH_ADDON,
  },
  { name: 'pnpm --ignore-scripts', manager: 'pnpm', ...BARE, ...WITH_ADDON },
  { name: 'pnpm --ignore-scripts, without an addon', manager: 'pnpm', ...BARE, ...WITHOUT_ADDON },
  {
    name: 'pnpm, without a compiler or an addon',
    manager: 'pnpm',
    ...BARE,
    ...WITHOUT_ADDON,
    scripts: true,
    withoutCompiler: true,
    environment: NO_TFJS,
  },
  { name: 'bun, as it comes', manager: 'bun', ...BARE, ...WITH_ADDON },
  { name: 'bun, as it comes, without an addon', manager: 'bun', ...BARE, ...WITHOUT_ADDON },
  {
    name: 'bun, scripts trusted, the addon built here',
    manager: 'bun',
    ...BARE,
    scripts: true,
    prebuilt: false,
    kernels: 'addon',
    environment: NO_TFJS,
  },
];

/**
 * @typedef {object} Place
 * @property {string} folder
 * @property {string} program gru-bench's program file in it
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
  const program = join(folder, 'node_modules', 'gru-bench', 'bin', 'gru-bench.js');
  if (variant.fix) {
    const { GRU_BENCH_FUSED: _, ...building } = environment;
    const words = [program, 'doctor', '--fix'];
    const limits = { seconds: FIX_SECONDS, folder, environment: building };
    const fixed = await runChild(node.program, words, limits);
    if (!fixed.ok) throw new Error(`doctor --fix: ${fixed.reason}`);
  }
  return { folder, program, environment };
}
