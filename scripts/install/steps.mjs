import { rmSync } from 'node:fs';
import { attachBinding, tryBinding } from './binding.mjs';
import { buildBinding, builtFolder } from './build.mjs';
import { requireCompiler } from './node-gyp.mjs';
import { runOfficialScript } from './official.mjs';
import { bindingPlace, isDependency, ownTfjsNode, privateFolder } from './places.mjs';
import { makePrivateTree } from './private-tree.mjs';
import { cachedLibraries, tensorflowLibrary } from './wheel.mjs';
import { isWhole } from './whole-folder.mjs';

/** @typedef {'auto' | 'official' | 'wheel'} Choice */

/**
 * @typedef {object} Situation
 * @property {string} root of the gru-bench package
 * @property {string} cache
 * @property {NodeJS.ProcessEnv} environment
 * @property {(line: string) => void} say
 */

/** @typedef {Pick<import('./record.mjs').InstallRecord, 'by' | 'tfjsNode' | 'tensorflow' | 'failed'>} Result */

/**
 * Makes tfjs-node work by the first of these that does: it works already, a binding built earlier, the
 * package's own install script, the TensorFlow wheel.
 *
 * @param {Choice} choice
 * @param {Situation} situation
 * @returns {Promise<Result>}
 */
export async function makeTfjsNodeWork(choice, situation) {
  const own = ownTfjsNode(situation.root);
  if (own) {
    const tried = await tryBinding(own, situation.environment);
    if (tried.ok) return { by: 'already', tfjsNode: own, tensorflow: tried.tensorflow, failed: [] };
  }
  /** @type {Result['failed']} */
  const failed = [];
  const tfjsNode = await repairable(own, situation, failed);
  return tfjsNode ? repair(tfjsNode, choice, situation, failed) : { by: 'none', failed };
}

/**
 * The tfjs-node to repair: one that someone put beside a clone's packages, else a private copy: another project's is
 * its own.
 *
 * @param {string | undefined} own
 * @param {Situation} situation
 * @param {Result['failed']} failed
 */
async function repairable(own, { root, environment, say }, failed) {
  if (own && !isDependency(root)) return own;
  try {
    return await makePrivateTree(privateFolder(root, environment), environment, say);
  } catch (error) {
    failed.push({ step: 'private copy of tfjs-node', reason: lineOf(error) });
    return undefined;
  }
}

/**
 * @param {string} tfjsNode
 * @param {Choice} choice
 * @param {Situation} situation
 * @param {Result['failed']} failed
 * @returns {Promise<Result>}
 */
async function repair(tfjsNode, choice, situation, failed) {
  for (const { by, name, choices, run } of STEPS) {
    if (!choices.includes(choice)) continue;
    try {
      if (!(await run(tfjsNode, situation))) continue;
      const tried = await tryBinding(tfjsNode, situation.environment);
      if (tried.ok) return { by, tfjsNode, tensorflow: tried.tensorflow, failed };
      // One that crashes would take the program along, so it must not be found.
      rmSync(bindingPlace(tfjsNode).path, { force: true });
      failed.push({ step: name, reason: tried.reason });
    } catch (error) {
      failed.push({ step: name, reason: lineOf(error) });
    }
    situation.say(`${name}: ${failed.at(-1)?.reason}`);
  }
  return { by: 'none', failed };
}

/**
 * Each returns false when there is nothing to try, and throws an Error whose message is the reason.
 *
 * @type {{ by: 'already' | 'cache' | 'official' | 'wheel', name: string, choices: Choice[],
 *   run: (tfjsNode: string, situation: Situation) => Promise<boolean> }[]}
 */
const STEPS = [
  { by: 'already', name: 'private copy', choices: ['auto', 'official', 'wheel'], run: useAsItIs },
  { by: 'cache', name: 'binding in the cache', choices: ['auto', 'wheel'], run: useBuilt },
  { by: 'official', name: "tfjs-node's own install script", choices: ['auto', 'official'], run: useOfficial },
  { by: 'wheel', name: 'TensorFlow wheel', choices: ['auto', 'wheel'], run: useWheel },
];

/**
 * A private copy that an earlier install made to work.
 *
 * @param {string} tfjsNode
 * @param {Situation} situation
 */
async function useAsItIs(tfjsNode, { root, environment }) {
  return ownTfjsNode(root) !== tfjsNode && (await tryBinding(tfjsNode, environment)).ok;
}

/**
 * @param {string} tfjsNode
 * @param {Situation} situation
 */
async function useBuilt(tfjsNode, { cache }) {
  const built = cachedLibraries(cache)
    .map(({ version }) => builtFolder(cache, tfjsNode, version))
    .find(isWhole);
  if (built) attachBinding(built, tfjsNode);
  return built !== undefined;
}

/**
 * @param {string} tfjsNode
 * @param {Situation} situation
 */
async function useOfficial(tfjsNode, { environment, say }) {
  say("running tfjs-node's own install script");
  const outcome = await runOfficialScript(tfjsNode, environment);
  if (!outcome.ok) throw new Error(outcome.reason);
  return true;
}

/**
 * @param {string} tfjsNode
 * @param {Situation} situation
 */
async function useWheel(tfjsNode, { cache, environment, say }) {
  if (process.platform === 'win32') throw new Error('its Windows wheel holds no C library to link to');
  await requireCompiler('the binding', environment);
  const library = await tensorflowLibrary(cache, environment, say);
  attachBinding(await buildBinding(cache, tfjsNode, library, environment, say), tfjsNode);
  return true;
}

/** @param {unknown} error */
function lineOf(error) {
  return String(/** @type {Error} */ (error).message)
    .split('\n')[0]
    .slice(0, 300);
}
