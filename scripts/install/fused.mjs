import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runChild } from './child.mjs';
import { requireCompiler, runNodeGyp } from './node-gyp.mjs';
import { PLATFORM } from './places.mjs';
import { isWhole, makeWhole } from './whole-folder.mjs';

const ADDON = 'gru_bench.node';
/** Beside the addon: which sources it was built from. */
export const SOURCES = 'sources.sha256';
const PROBE_SECONDS = 60;

/**
 * The C++ sources of the fused kernels.
 *
 * @param {string} root of the gru-bench package
 */
export function fusedSources(root) {
  return join(root, 'src', 'kernels', 'native');
}

/**
 * Where the program looks for the addon; the same place as node-gyp's own.
 *
 * @param {string} root
 */
export function addonPlace(root) {
  return join(root, 'build', 'Release', ADDON);
}

/**
 * Where the addon lies that a published package brings for a platform; node-gyp-build's place.
 *
 * @param {string} root
 * @param {string} [platform]
 */
export function prebuiltFolder(root, platform = PLATFORM) {
  return join(root, 'prebuilds', platform);
}

/**
 * Uses the addon that the package brings for this platform; else builds the fused kernels with node-gyp, once a
 * cache for the same sources, and puts the addon in its place.
 *
 * @param {import('./steps.mjs').Situation} situation
 * @returns {Promise<'prebuilt' | 'built'>}
 * @throws Error with the reason in one line
 */
export async function makeFusedKernelsWork(situation) {
  if (await prebuiltWorks(situation)) return 'prebuilt';
  await buildFusedKernels(situation);
  return 'built';
}

/**
 * A child process tries the prebuilt addon, so that one that crashes does not take the install along.
 *
 * @param {import('./steps.mjs').Situation} situation
 */
async function prebuiltWorks({ root, environment }) {
  const sources = join(prebuiltFolder(root), SOURCES);
  if (!existsSync(sources) || readFileSync(sources, 'utf8') !== hashOfFolder(fusedSources(root)))
    return false;
  const probe = "if (require('node-gyp-build')(process.cwd()).paths.length === 0) process.exit(1)";
  const tried = await runChild(process.execPath, ['-e', probe], {
    seconds: PROBE_SECONDS,
    folder: root,
    environment: { ...environment, PREBUILDS_ONLY: '1' },
  });
  // The program prefers an addon built here, which may be of other sources.
  if (tried.ok) rmSync(addonPlace(root), { force: true });
  return tried.ok;
}

/**
 * @param {import('./steps.mjs').Situation} situation
 * @throws Error with the reason in one line
 */
async function buildFusedKernels({ root, cache, environment, say }) {
  if (process.platform === 'win32')
    throw new Error('the fused kernels are not built on Windows: a published package brings them');
  const sources = fusedSources(root);
  const hash = hashOfFolder(sources);
  const folder = join(cache, 'fused', `${hash.slice(0, 16)}-${PLATFORM}`);
  if (!isWhole(folder)) {
    await requireCompiler('the fused kernels', environment);
    say('building the fused kernels (some ten seconds; kept in the cache folder)');
    await makeWhole(folder, async (partial) => {
      await buildAddon(sources, join(partial, ADDON), environment);
      return [ADDON];
    });
  }
  const place = addonPlace(root);
  mkdirSync(dirname(place), { recursive: true });
  const beside = `${place}.${process.pid}.partial`;
  copyFileSync(join(folder, ADDON), beside);
  renameSync(beside, place);
  writeFileSync(join(dirname(place), SOURCES), hash);
}

/**
 * Compiles in the system's temporary folder: make and gyp break at spaces, which a home folder may contain. A
 * child process tries the addon, so that one that crashes does not take the install along.
 *
 * @param {string} sources
 * @param {string} addon where it goes
 * @param {NodeJS.ProcessEnv} environment
 * @throws Error with the reason in one line
 */
async function buildAddon(sources, addon, environment) {
  const work = mkdtempSync(join(tmpdir(), 'gru-bench-build-'));
  try {
    cpSync(sources, work, { recursive: true });
    const outcome = await runNodeGyp(work, [], environment);
    if (!outcome.ok) throw new Error(`building the fused kernels: ${outcome.reason}`);
    cpSync(join(work, 'build', 'Release', ADDON), addon);
    const probe = 'if (require(process.argv[1]).paths.length === 0) process.exit(1)';
    const tried = await runChild(process.execPath, ['-e', probe, addon], {
      seconds: PROBE_SECONDS,
      environment,
    });
    if (!tried.ok) throw new Error(`the fused kernels do not load: ${tried.reason}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {string} SHA-256 of all its files, names and contents
 */
export function hashOfFolder(folder) {
  if (!existsSync(folder)) throw new Error('the sources of the fused kernels are missing');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    hash
      .update(`${name.replaceAll('\\', '/')}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}
