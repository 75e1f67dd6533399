import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { bindingPlace } from './places.mjs';

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
 * Links a built binding and its library from the cache into a tfjs-node package. The links are absolute: a
 * clone may be moved, the cache stays.
 *
 * @param {string} built folder made by `buildBinding`
 * @param {string} tfjsNode folder of the package
 */
export function attachBinding(built, tfjsNode) {
  const place = bindingPlace(tfjsNode);
  const links = join(tfjsNode, 'deps', 'lib');
  mkdirSync(links, { recursive: true });
  for (const name of readdirSync(join(built, 'deps', 'lib')))
    placeLink(join(built, 'deps', 'lib', name), join(links, name));
  placeLink(join(built, 'deps', 'include'), join(tfjsNode, 'deps', 'include'));
  mkdirSync(dirname(place.path), { recursive: true });
  const beside = `${place.path}.${process.pid}.partial`;
  copyFileSync(join(built, 'tfjs_binding.node'), beside);
  renameSync(beside, place.path);
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
