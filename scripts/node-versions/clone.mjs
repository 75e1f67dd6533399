import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { PACKAGE_ROOT } from '../install/places.mjs';
import { pathWithoutCompiler } from './fetch-node.mjs';

const MOST_SECONDS = 600;
/** From nothing to the first table. */
const PROMISED_SECONDS = 180;

/**
 * Clones what is committed and reproduces the quick experiment, on a machine without a compiler.
 *
 * @param {import('./fetch-node.mjs').NodeVersion} node
 * @param {string} work
 * @returns {Promise<string>} what was done
 * @throws Error with what went wrong
 */
export async function exerciseClone(node, work) {
  const folder = mkdtempSync(join(work, 'clone-'));
  const cloned = await runChild('git', ['clone', '--quiet', PACKAGE_ROOT, folder], { seconds: MOST_SECONDS });
  if (!cloned.ok) throw new Error(`git clone: ${cloned.reason}`);
  const environment = {
    ...node.environment,
    PATH: pathWithoutCompiler(node, work),
    GRU_BENCH_CACHE: mkdtempSync(join(work, 'cache-')),
  };
  const start = Date.now();
  for (const words of [['ci'], ['run', 'reproduce:quick']]) {
    const limits = { seconds: MOST_SECONDS, folder, environment };
    const done = await runChild(node.program, [node.npm, ...words], limits);
    if (!done.ok) throw new Error(`npm ${words.join(' ')}: ${done.reason}`);
  }
  const seconds = (Date.now() - start) / 1000;
  if (seconds > PROMISED_SECONDS)
    throw new Error(`took ${seconds.toFixed(0)} s, more than ${PROMISED_SECONDS}`);
  return `npm ci and reproduce:quick in ${seconds.toFixed(0)} s`;
}
