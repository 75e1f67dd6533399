import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';

const INSTALL_SECONDS = 600;

/**
 * @typedef {object} Variant
 * @property {string} name
 * @property {'fused' | 'composed'} kernels that training then uses
 * @property {'tensorflow' | 'wasm'} backend
 * @property {string[]} flags of `npm install`
 * @property {Record<string, string>} environment of it
 * @property {boolean} [withoutPrebuilt] as on a platform that the package brings no addon for
 * @property {boolean} [fix] the addon is built by `gru-bench doctor --fix` afterwards
 */

const NO_TFJS = { GRU_BENCH_TFJS: 'skip' };
const NO_BUILD = { GRU_BENCH_FUSED: 'skip' };

/** @type {readonly Variant[]} */
export const VARIANTS = [
  { name: 'addon and tfjs-node', kernels: 'fused', backend: 'tensorflow', flags: [], environment: {} },
  {
    name: 'addon alone',
    kernels: 'fused',
    backend: 'wasm',
    flags: ['--omit=optional'],
    environment: NO_TFJS,
  },
  {
    name: 'addon built here, tfjs-node',
    kernels: 'fused',
    backend: 'tensorflow',
    flags: [],
    environment: NO_BUILD,
    withoutPrebuilt: true,
    fix: true,
  },
  {
    name: 'tfjs-node alone',
    kernels: 'composed',
    backend: 'tensorflow',
    flags: [],
    environment: NO_BUILD,
    withoutPrebuilt: true,
  },
  {
    name: 'neither',
    kernels: 'composed',
    backend: 'wasm',
    flags: ['--omit=optional'],
    environment: { ...NO_BUILD, ...NO_TFJS },
    withoutPrebuilt: true,
  },
  {
    name: 'no install scripts',
    kernels: 'fused',
    backend: 'wasm',
    flags: ['--ignore-scripts', '--omit=optional'],
    environment: {},
  },
];

/**
 * Installs the packed package into an empty folder, as its users do.
 *
 * @param {string} file the .tgz
 * @param {import('./fetch-node.mjs').NodeVersion} node
 * @param {Variant} variant
 * @param {string} work
 * @returns {Promise<{ folder: string, program: string }>} the folder, and gru-bench's program file in it
 */
export async function installPackage(file, node, variant, work) {
  const folder = mkdtempSync(join(work, 'project-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const environment = { ...node.environment, ...variant.environment };
  const install = [node.npm, 'install', '--no-audit', '--no-fund', ...variant.flags, file];
  const installed = await runChild(node.program, install, { seconds: INSTALL_SECONDS, folder, environment });
  if (!installed.ok) throw new Error(`npm install: ${installed.reason}`);
  const root = join(folder, 'node_modules', 'gru-bench');
  const program = join(root, 'bin', 'gru-bench.js');
  if (variant.withoutPrebuilt) rmSync(join(root, 'prebuilds'), { recursive: true });
  if (variant.fix) {
    const fixed = await runChild(node.program, [program, 'doctor', '--fix'], {
      seconds: INSTALL_SECONDS,
      folder,
      environment: node.environment,
    });
    if (!fixed.ok) throw new Error(`doctor --fix: ${fixed.reason}`);
  }
  return { folder, program };
}
