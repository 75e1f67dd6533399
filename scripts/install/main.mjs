// In a clone npm runs this after an install, and anywhere `gru-bench doctor --fix` does: it builds the fused kernels as
// an addon, and fetches @tensorflow/tfjs-node and makes it work where its own download does not. It never fails an
// install: without the first the program takes the kernels' WebAssembly build, without the second TensorFlow.js on wasm.
// The published package has no install script, nor has anything that it depends on: package managers do not run them, or
// end with an error. `postprepare` is none: npm, pnpm and bun run it in a clone alone, where `prepare` would be asked
// about in a package that is installed from a file, and would run again before each pack.
import { killAllChildren } from './child.mjs';
import { makeFusedKernelsWork } from './fused.mjs';
import { cacheFolder, isForAllUsers, PACKAGE_ROOT } from './places.mjs';
import { writeRecord } from './record.mjs';
import { makeTfjsNodeWork } from './steps.mjs';

const CHOICES = ['auto', 'official', 'wheel', 'skip'];
const WITHOUT = 'the program runs on the slower wasm backend; `gru-bench doctor --fix` tries again';

/** @param {string} line */
const say = (line) => console.log(`gru-bench: ${line}`);

/** @param {NodeJS.ProcessEnv} environment */
function readChoice(environment) {
  const choice = environment.GRU_BENCH_TFJS || 'auto';
  if (CHOICES.includes(choice)) return choice;
  say(`GRU_BENCH_TFJS=${choice} is not one of ${CHOICES.join(', ')}; going on as auto`);
  return 'auto';
}

/**
 * @param {string} choice
 * @returns {Promise<import('./steps.mjs').Result>}
 */
async function install(choice) {
  if (choice === 'skip') return { by: 'none', failed: [{ step: 'all', reason: 'GRU_BENCH_TFJS=skip' }] };
  const environment = process.env;
  const situation = { root: PACKAGE_ROOT, cache: cacheFolder(environment), environment, say };
  return makeTfjsNodeWork(/** @type {import('./steps.mjs').Choice} */ (choice), situation);
}

/**
 * The fused kernels; says so where there will be none.
 *
 * @returns {Promise<import('./record.mjs').InstallRecord['fused']>}
 */
async function installFused() {
  if (process.env.GRU_BENCH_FUSED === 'skip') return { works: false, reason: 'GRU_BENCH_FUSED=skip' };
  const environment = process.env;
  try {
    const situation = { root: PACKAGE_ROOT, cache: cacheFolder(environment), environment, say };
    say(`the fused kernels work, ${await makeFusedKernelsWork(situation)}`);
    return { works: true, reason: '' };
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split('\n');
    say(`${reason}: the program takes their WebAssembly build, which is slower`);
    return { works: false, reason };
  }
}

/** @param {import('./steps.mjs').Result} result */
function closingLine({ by, tensorflow, failed }) {
  const how = {
    already: 'as installed',
    cache: 'from the cache',
    official: 'by its own script',
    wheel: 'by the wheel',
  };
  if (by !== 'none') return `@tensorflow/tfjs-node works, ${how[by]} (TensorFlow ${tensorflow})`;
  const last = failed.at(-1);
  return `no @tensorflow/tfjs-node (${last ? last.reason : 'nothing to try'}): ${WITHOUT}`;
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    killAllChildren();
    process.exit(code);
  });
}

// All that is made here others may read, as they may what npm itself unpacks.
if (isForAllUsers()) process.umask(0o022);
try {
  const choice = readChoice(process.env);
  const fused = await installFused();
  const result = await install(choice);
  say(closingLine(result));
  const finished = new Date().toISOString();
  writeRecord(PACKAGE_ROOT, { finished, node: process.version, choice, ...result, fused });
} catch (error) {
  say(`${/** @type {Error} */ (error).message.split('\n')[0]}: ${WITHOUT}`);
}
process.exit(0);
