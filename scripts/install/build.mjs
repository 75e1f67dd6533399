import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { requireCompiler, runNodeGyp } from './node-gyp.mjs';
import { bindingPlace, PLATFORM } from './places.mjs';
import { isWhole, makeWhole } from './whole-folder.mjs';

/**
 * The folder in the cache for the binding of one tfjs-node version against one TensorFlow: `tfjs_binding.node`
 * and `deps/`, links to the library under the names that the binding and its build ask for.
 *
 * @param {string} cache
 * @param {string} tfjsNode folder of the package
 * @param {string} tensorflow version of the library
 */
export function builtFolder(cache, tfjsNode, tensorflow) {
  const { version, napi } = bindingPlace(tfjsNode);
  return join(cache, 'tfjs-node', `${version}-tensorflow-${tensorflow}-${PLATFORM}-napi-${napi}`);
}

/**
 * Builds the binding by tfjs-node's own node-gyp configuration, once a cache.
 *
 * @param {string} cache
 * @param {string} tfjsNode folder of the package
 * @param {{ folder: string, version: string }} library
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder
 * @throws Error with the reason in one line
 */
export async function buildBinding(cache, tfjsNode, library, environment, say) {
  const folder = builtFolder(cache, tfjsNode, library.version);
  if (isWhole(folder)) return folder;
  await requireCompiler('the binding', environment);
  say('building the binding with node-gyp (up to a minute; kept in the cache folder)');
  await makeWhole(folder, async (partial) => {
    linkLibrary(library.folder, partial);
    await compile(tfjsNode, partial, environment);
    return ['tfjs_binding.node'];
  });
  return folder;
}

/**
 * Links within the cache are relative, so that it can be moved as a whole.
 *
 * @param {string} library
 * @param {string} folder
 */
function linkLibrary(library, folder) {
  const links = join(folder, 'deps', 'lib');
  mkdirSync(links, { recursive: true });
  for (const name of readdirSync(join(library, 'lib')))
    for (const alias of aliases(name))
      symlinkSync(relative(links, join(library, 'lib', name)), join(links, alias));
  symlinkSync(relative(dirname(links), join(library, 'include')), join(folder, 'deps', 'include'));
}

/**
 * A wheel's library under its own name (what the loader asks for) and under those that the linker asks for:
 * the C API lies in libtensorflow_cc there, in libtensorflow elsewhere.
 *
 * @param {string} name such as `libtensorflow_cc.so.2` or `libtensorflow_cc.2.dylib`
 */
export function aliases(name) {
  const plain = name.replace('_cc', '');
  return [...new Set([name, plain, plain.replace(/\.so\.\d+$/, '.so')])];
}

/**
 * Compiles in the system's temporary folder: make and gyp break at spaces, which a home folder may contain.
 *
 * @param {string} tfjsNode
 * @param {string} folder with `deps/`; gets the binding
 * @param {NodeJS.ProcessEnv} environment
 */
async function compile(tfjsNode, folder, environment) {
  const work = mkdtempSync(join(tmpdir(), 'gru-bench-build-'));
  try {
    cpSync(join(tfjsNode, 'binding'), join(work, 'binding'), { recursive: true });
    cpSync(join(tfjsNode, 'binding.gyp'), join(work, 'binding.gyp'));
    symlinkSync(join(folder, 'deps'), join(work, 'deps'));
    const place = [`--module_path=${join(work, 'built')}`, '--module_name=tfjs_binding'];
    const napi = `--napi_build_version=${bindingPlace(tfjsNode).napi}`;
    const outcome = await runNodeGyp(work, [...place, napi], { ...environment, ...loaderPath() });
    if (!outcome.ok) throw new Error(`building the binding: ${outcome.reason}`);
    cpSync(join(work, 'built', 'tfjs_binding.node'), join(folder, 'tfjs_binding.node'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The binding's own configuration knows libtensorflow on macOS, not the wheel's libtensorflow_cc. */
function loaderPath() {
  return process.platform === 'darwin' ? { LDFLAGS: '-Wl,-rpath,@loader_path/../../deps/lib' } : {};
}
