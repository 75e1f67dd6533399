import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { PLATFORM } from './places.mjs';
import { makeWhole, wholeFolders } from './whole-folder.mjs';

const UNPACK = fileURLToPath(new URL('./unpack_wheel.py', import.meta.url));
const DOWNLOAD_SECONDS = 600;
const UNPACK_SECONDS = 180;
const PIP_SECONDS = 30;

/** The versions whose C API tfjs-node was built against and run with. */
const VERSIONS = '>=2.16,<2.22';

/** tensorflow-cpu has wheels for x86-64 Linux only; elsewhere `tensorflow` itself is without GPU code. */
const DISTRIBUTION = PLATFORM === 'linux-x64' ? 'tensorflow-cpu' : 'tensorflow';

/**
 * The TensorFlow library and headers in the cache: `lib/` and `include/` in a folder named after version and
 * platform. Fetched with pip when there is none yet.
 *
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<{ folder: string, version: string }>}
 * @throws Error with the reason in one line
 */
export async function tensorflowLibrary(cache, environment, say) {
  const cached = cachedLibraries(cache)[0];
  if (cached) return cached;
  await requirePip(environment);
  const place = join(cache, 'tensorflow');
  mkdirSync(place, { recursive: true });
  const download = join(place, `download.${process.pid}.partial`);
  try {
    say(`fetching the ${DISTRIBUTION} wheel with pip (about 270 MB; kept in the cache folder, so only once)`);
    const wheel = await downloadWheel(download, environment);
    say(`unpacking the library from ${basename(wheel)}`);
    return await unpackWheel(wheel, cache, environment);
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

/**
 * @param {string} cache
 * @returns {{ folder: string, version: string }[]}
 */
export function cachedLibraries(cache) {
  const folders = wholeFolders(join(cache, 'tensorflow'), new RegExp(`^\\d[\\w.]*-${PLATFORM}$`));
  return folders.map((folder) => ({ folder, version: basename(folder).slice(0, -PLATFORM.length - 1) }));
}

/** @param {NodeJS.ProcessEnv} environment */
async function requirePip(environment) {
  const outcome = await runChild('python3', ['-m', 'pip', '--version'], {
    seconds: PIP_SECONDS,
    environment,
  });
  if (!outcome.ok)
    throw new Error(/No module named pip/.test(outcome.reason) ? 'python3 has no pip' : outcome.reason);
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>} path of the wheel
 */
async function downloadWheel(folder, environment) {
  const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--no-cache-dir'];
  const patience = ['--retries', '2', '--timeout', '30'];
  const what = ['--no-deps', '--only-binary=:all:', '--dest', folder, `${DISTRIBUTION}${VERSIONS}`];
  const outcome = await runChild('python3', ['-m', 'pip', 'download', ...quiet, ...patience, ...what], {
    seconds: DOWNLOAD_SECONDS,
    environment,
  });
  if (!outcome.ok) throw new Error(`pip: ${outcome.reason}`);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip brought no wheel');
  return join(folder, wheel);
}

/**
 * @param {string} wheel
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} environment
 */
export async function unpackWheel(wheel, cache, environment) {
  const version = /^[^-]+-([\w.]+)-/.exec(basename(wheel))?.[1];
  if (!version) throw new Error(`${basename(wheel)} names no version`);
  const folder = join(cache, 'tensorflow', `${version}-${PLATFORM}`);
  await makeWhole(folder, async (partial) => {
    const outcome = await runChild('python3', [UNPACK, wheel, partial], {
      seconds: UNPACK_SECONDS,
      environment,
    });
    if (!outcome.ok) throw new Error(`unpacking the wheel: ${outcome.reason}`);
    const libraries = outcome.stdout.trim().split(/\r?\n/);
    return [...libraries.map((name) => join('lib', name)), join('include', 'tensorflow', 'c', 'c_api.h')];
  });
  return { folder, version };
}
