import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../install/child.mjs';
import { cacheFolder, npmProgram } from '../install/places.mjs';
import { makeWhole } from '../install/whole-folder.mjs';

const PINNED = fileURLToPath(new URL('managers', import.meta.url));
const FETCH_SECONDS = 300;
const INSTALL_SECONDS = 600;
const PNPM = join('node_modules', '@pnpm', 'exe.linux-x64', 'pnpm');
const BUN = join('node_modules', '@oven', 'bun-linux-x64', 'bin', 'bun');

/** @typedef {'npm' | 'pnpm' | 'bun'} Manager */

/**
 * What managers/package-lock.json pins, once a cache.
 *
 * @returns {Promise<{ pnpm: string, bun: string }>} their programs
 * @throws Error with the reason in one line
 */
export async function fetchManagers() {
  const npm = npmProgram(process.env);
  if (!npm) throw new Error('no npm found to fetch pnpm and bun with');
  const lock = readFileSync(join(PINNED, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const folder = join(cacheFolder(process.env), 'package-managers', key);
  await makeWhole(folder, async (partial) => {
    cpSync(PINNED, partial, { recursive: true });
    const words = [npm, 'ci', '--no-audit', '--no-fund'];
    const fetched = await runChild(process.execPath, words, { seconds: FETCH_SECONDS, folder: partial });
    if (!fetched.ok) throw new Error(`npm ci: ${fetched.reason}`);
    return [PNPM, BUN];
  });
  return { pnpm: join(folder, PNPM), bun: join(folder, BUN) };
}

/**
 * Installs a packed package into an empty folder, as the users of a package manager do.
 *
 * @param {string} file the .tgz
 * @param {string} folder
 * @param {import('./fetch-node.mjs').NodeVersion} node
 * @param {Pick<import('./variants.mjs').Variant, 'manager' | 'scripts' | 'optional'>} how
 * @param {{ pnpm: string, bun: string, store: string }} managers
 * @param {NodeJS.ProcessEnv} environment
 * @throws Error with the reason in one line
 */
export async function install(file, folder, node, { manager, scripts, optional }, managers, environment) {
  const words = {
    npm: () => [
      node.program,
      node.npm,
      'install',
      '--no-audit',
      '--no-fund',
      ...(scripts ? [] : ['--ignore-scripts']),
      ...(optional ? [] : ['--omit=optional']),
      file,
    ],
    pnpm: () => [
      managers.pnpm,
      'add',
      scripts ? '--config.dangerously-allow-all-builds=true' : '--ignore-scripts',
      ...(optional ? [] : ['--no-optional']),
      `--store-dir=${managers.store}`,
      file,
    ],
    bun: () => [managers.bun, 'add', ...(optional ? [] : ['--omit=optional']), file],
  }[manager]();
  const trusted = manager === 'bun' && scripts ? { trustedDependencies: ['gru-bench'] } : {};
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...trusted }));
  const done = await runChild(words[0], words.slice(1), {
    seconds: INSTALL_SECONDS,
    folder,
    environment: { ...environment, BUN_INSTALL_CACHE_DIR: `${managers.store}-bun` },
  });
  if (!done.ok) throw new Error(`${manager}: ${done.reason}`);
  const unfit = /^.*(EBADENGINE|Unsupported engine).*$/m.exec(done.stdout + done.stderr)?.[0];
  if (unfit) throw new Error(`${manager}: ${unfit}`);
}
