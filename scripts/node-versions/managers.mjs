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

/** What a user would ask about. */
const TROUBLE = /^.*\b(warn(ing)?|error|deprecated|ignored|blocked|EBADENGINE|unsupported)\b.*$/im;

/**
 * Installs a packed package into an empty folder, as the users of a package manager do.
 *
 * @param {string} file the .tgz
 * @param {string} folder
 * @param {import('./fetch-node.mjs').NodeVersion} node
 * @param {Pick<import('./variants.mjs').Variant, 'manager' | 'flags'>} how
 * @param {{ pnpm: string, bun: string, store: string }} managers
 * @param {NodeJS.ProcessEnv} environment
 * @throws Error with the reason in one line, also where the manager has a word of trouble to say
 */
export async function install(file, folder, node, { manager, flags = [] }, managers, environment) {
  const [program, ...words] = {
    npm: [node.program, node.npm, 'install'],
    pnpm: [managers.pnpm, 'add', `--store-dir=${managers.store}`],
    bun: [managers.bun, 'add'],
  }[manager];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const done = await runChild(program, [...words, ...flags, file], {
    seconds: INSTALL_SECONDS,
    folder,
    environment: { ...environment, BUN_INSTALL_CACHE_DIR: `${managers.store}-bun` },
  });
  if (!done.ok) throw new Error(`${manager}: ${done.reason}`);
  const trouble = TROUBLE.exec(done.stdout + done.stderr)?.[0];
  if (trouble) throw new Error(`${manager}: ${trouble}`);
}
