import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { bindingPlace, isForAllUsers } from './places.mjs';

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));
const PROBE_SECONDS = 60;

/**
 * Whether a tfjs-node package works: a child process loads it and multiplies two matrices, so that a library
 * that crashes does not take the install along.
 *
 * @param {string} tfjsNode folder of the package
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ ok: boolean, tensorflow?: string, reason: string }>}
 */
export async function tryBinding(tfjsNode, environment) {
  const place = bindingPlace(tfjsNode);
  if (!existsSync(place.path)) return { ok: false, reason: 'it has no binding yet' };
  const outcome = await runChild(process.execPath, [PROBE, tfjsNode], {
    seconds: PROBE_SECONDS,
    environment: { ...environment, TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '0' },
  });
  const version = /^works with TensorFlow (\S+)$/m.exec(outcome.stdout)?.[1];
  if (outcome.ok && version) return { ok: true, tensorflow: version, reason: '' };
  return { ok: false, reason: outcome.reason || 'it computed nothing' };
}

/**
 * Puts a built binding and its library from the cache into a tfjs-node package: by links, which are absolute as a
 * clone may be moved, the cache stays; as files of their own where others than this user run the package.
 *
 * @param {string} built folder made by `buildBinding`
 * @param {string} tfjsNode folder of the package
 */
export function attachBinding(built, tfjsNode) {
  const { path } = bindingPlace(tfjsNode);
  const links = join(tfjsNode, 'deps', 'lib');
  mkdirSync(links, { recursive: true });
  for (const name of readdirSync(join(built, 'deps', 'lib'))) {
    const target = join(built, 'deps', 'lib', name);
    const file = realpathSync(target);
    if (!isForAllUsers()) placeLink(target, join(links, name));
    else if (name === basename(file)) placeFile(file, join(links, name));
    else placeLink(basename(file), join(links, name));
  }
  placeLink(join(built, 'deps', 'include'), join(tfjsNode, 'deps', 'include'));
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.partial`;
  copyFileSync(join(built, 'tfjs_binding.node'), beside);
  renameSync(beside, path);
}

/**
 * Puts a file in the place of whatever is there, without a copy where both are on one disk.
 *
 * @param {string} file
 * @param {string} path
 */
function placeFile(file, path) {
  const beside = `${path}.${process.pid}.partial`;
  rmSync(beside, { force: true });
  try {
    linkSync(file, beside);
  } catch {
    copyFileSync(file, beside);
  }
  chmodSync(beside, 0o644);
  renameSync(beside, path);
  // Nothing is renamed where both were names of one file.
  rmSync(beside, { force: true });
}

/**
 * Puts a link in the place of whatever is there, in one move: another install may do the same at this time.
 *
 * @param {string} target
 * @param {string} path
 */
function placeLink(target, path) {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
    rmSync(path, { recursive: true, force: true });
  const beside = `${path}.${process.pid}.partial`;
  rmSync(beside, { force: true });
  symlinkSync(target, beside);
  renameSync(beside, path);
}
