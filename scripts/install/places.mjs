import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version this package is made for; the private copy is of exactly this one. */
export const TFJS_NODE_VERSION = '4.22.0';

/** The root of the gru-bench package that these scripts belong to. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `linux-x64` and the like: what a library or a binding is built for. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/**
 * The same folder as `cacheFolder` in src/platform/folders.ts, which is not compiled yet when this runs; a
 * test holds the two together.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
export function cacheFolder(environment) {
  if (environment.GRU_BENCH_CACHE) return resolve(environment.GRU_BENCH_CACHE);
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'gru-bench');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gru-bench');
  if (process.platform === 'win32' && environment.LOCALAPPDATA)
    return join(environment.LOCALAPPDATA, 'gru-bench', 'Cache');
  return join(homedir(), '.cache', 'gru-bench');
}

/**
 * The folder of the @tensorflow/tfjs-node that this package's own code resolves, or undefined.
 *
 * @param {string} root
 */
export function ownTfjsNode(root) {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('@tensorflow/tfjs-node/package.json');
    return dirname(manifest);
  } catch {
    return undefined;
  }
}

/**
 * Whether what is installed has to serve users who cannot look into this one's cache folder.
 */
export function isForAllUsers() {
  return process.getuid?.() === 0;
}

/**
 * Where the private copy of tfjs-node goes: the cache folder; where root installs for all users, the package's own folder, as
 * nobody else can look into root's cache. A GRU_BENCH_CACHE is for all who set it.
 *
 * @param {string} root of the gru-bench package
 * @param {NodeJS.ProcessEnv} environment
 */
export function privateFolder(root, environment) {
  if (!isForAllUsers() || environment.GRU_BENCH_CACHE) return cacheFolder(environment);
  return besidePackage(root);
}

/**
 * A folder that goes with one copy of the package.
 *
 * @param {string} root
 */
export function besidePackage(root) {
  return join(root, 'node_modules', '.cache', 'gru-bench');
}

/**
 * The private copy: as a dependency, tfjs-node would bring install scripts along, which fail on many networks.
 *
 * @param {string} folder
 */
export function privateTree(folder) {
  const tree = join(folder, `tfjs-node-${TFJS_NODE_VERSION}-${PLATFORM}`);
  return { tree, tfjsNode: join(tree, 'node_modules', '@tensorflow', 'tfjs-node') };
}

/**
 * Whether the package was installed as someone's dependency, rather than cloned.
 *
 * @param {string} root
 */
export function isDependency(root) {
  return (
    basename(dirname(resolve(root))) === 'node_modules' || resolve(root).split(sep).includes('node_modules')
  );
}

/**
 * Where a tfjs-node package keeps its binding, and for which Node-API version that is built.
 *
 * @param {string} tfjsNode
 */
export function bindingPlace(tfjsNode) {
  const { version, binary } = readManifest(tfjsNode);
  const highest = Number(process.versions.napi);
  const napi = Math.max(...binary.napi_versions.filter((/** @type {number} */ each) => each <= highest));
  const folder = binary.module_path.replace('{napi_build_version}', String(napi));
  return { version, napi, path: join(tfjsNode, folder, `${binary.module_name}.node`) };
}

/** @param {string} tfjsNode */
export function readManifest(tfjsNode) {
  return JSON.parse(readFileSync(join(tfjsNode, 'package.json'), 'utf8'));
}

/**
 * npm's own program file, to be run by this Node.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
export function npmProgram(environment) {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const started = environment.npm_execpath;
  const found = [started?.endsWith('npm-cli.js') ? started : undefined, npmOnPath(environment), beside];
  return found.find((path) => path !== undefined && existsSync(path));
}

/** @param {NodeJS.ProcessEnv} environment */
function npmOnPath(environment) {
  for (const folder of (environment.PATH ?? '').split(process.platform === 'win32' ? ';' : ':')) {
    for (const place of ['../lib/node_modules/npm', 'node_modules/npm']) {
      const program = join(folder || '.', place, 'bin', 'npm-cli.js');
      if (existsSync(join(folder, 'npm')) && existsSync(program)) return program;
    }
  }
  return undefined;
}
