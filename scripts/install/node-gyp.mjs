import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from './child.mjs';
import { npmProgram } from './places.mjs';

const BUILD_SECONDS = 300;
const ASK_SECONDS = 20;

/**
 * Says at once what a build would miss, before anything large is downloaded for it.
 *
 * @param {string} what is to be built
 * @param {NodeJS.ProcessEnv} environment
 * @throws Error with the reason in one line
 */
export async function requireCompiler(what, environment) {
  const compiler = environment.CXX?.split(' ')[0] || (process.platform === 'darwin' ? 'c++' : 'g++');
  for (const program of [compiler, environment.MAKE || 'make']) {
    const outcome = await runChild(program, ['--version'], { seconds: ASK_SECONDS, environment });
    if (!outcome.ok) throw new Error(`${what} cannot be built: ${outcome.reason}`);
  }
  if (!nodeGyp(environment)) throw new Error(`${what} cannot be built: no node-gyp found (npm brings one)`);
}

/**
 * Builds the binding.gyp of a folder. Everything here speaks Node-API only, so that another version's headers
 * do as well.
 *
 * @param {string} folder
 * @param {string[]} settings
 * @param {NodeJS.ProcessEnv} environment
 * @param {number} [seconds] how long it may take
 */
export async function runNodeGyp(folder, settings, environment, seconds = BUILD_SECONDS) {
  const program = nodeGyp(environment);
  if (!program) throw new Error('no node-gyp found');
  const headers = await nodeHeaders(environment);
  const all = [program, 'rebuild', '--jobs=2', ...settings, ...(headers ? [`--nodedir=${headers}`] : [])];
  return runChild(process.execPath, all, { seconds, folder, environment });
}

/**
 * Where Node's headers lie, if they need no download: the setting `nodedir`, else beside this Node.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
export async function nodeHeaders(environment) {
  const beside = join(dirname(process.execPath), '..');
  const places = [environment.npm_config_nodedir, beside, await npmSetting('nodedir', environment)];
  return places.find((place) => place && existsSync(join(place, 'include', 'node', 'node_api.h')));
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} environment
 */
async function npmSetting(name, environment) {
  const npm = npmProgram(environment);
  if (!npm) return undefined;
  const outcome = await runChild(process.execPath, [npm, 'config', 'get', name], {
    seconds: ASK_SECONDS,
    environment,
  });
  return outcome.ok ? outcome.stdout.trim() : undefined;
}

/** @param {NodeJS.ProcessEnv} environment */
export function nodeGyp(environment) {
  const npm = npmProgram(environment);
  const bundled = npm && join(dirname(npm), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  return [environment.npm_config_node_gyp, bundled].find((path) => path && existsSync(path));
}
