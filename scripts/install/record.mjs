import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { besidePackage } from './places.mjs';

/**
 * What the install step did, for `gru-bench doctor`: npm shows no output of a dependency's scripts.
 *
 * @typedef {object} InstallRecord
 * @property {string} finished ISO date
 * @property {string} node version
 * @property {string} choice value of GRU_BENCH_TFJS in effect
 * @property {'already' | 'cache' | 'official' | 'wheel' | 'none'} by the step that made tfjs-node work
 * @property {string} [tfjsNode] folder of the working package
 * @property {string} [tensorflow] its version
 * @property {{ works: boolean, reason: string }} [fused] the fused kernels, and why there are none
 * @property {{ step: string, reason: string }[]} failed the steps tried before, and why they did not do
 */

/**
 * The record belongs to one copy of the package, and goes with its node_modules.
 *
 * @param {string} root
 */
function recordPath(root) {
  return join(besidePackage(root), 'install.json');
}

/**
 * @param {string} root
 * @param {InstallRecord} record
 */
export function writeRecord(root, record) {
  const path = recordPath(root);
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.partial`;
  writeFileSync(beside, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(beside, path);
}
