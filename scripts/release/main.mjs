// Makes the package to publish: builds the fused kernels for every platform into prebuilds/, tries them where
// something here runs them, and packs everything into one .tgz. `-- linux-x64` builds and tries no others.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRIED_PLATFORMS } from '../../dist/kernels/paths.js';
import { prebuiltFolder } from '../install/fused.mjs';
import { PACKAGE_ROOT } from '../install/places.mjs';
import { refuseMissing, startMachine } from '../platforms/machines.mjs';
import { tryAddon } from '../platforms/try-kernels.mjs';
import { pack, prebuild } from './pack.mjs';
import { TARGETS } from './targets.mjs';

const named = process.argv.slice(2);
const say = (/** @type {string} */ line) => console.log(line);
const isTried = (/** @type {string} */ platform) => TRIED_PLATFORMS.includes(platform);
const work = mkdtempSync(join(tmpdir(), 'gru-bench-try-'));
try {
  const targets = TARGETS.filter(({ platform }) => named.length === 0 || named.includes(platform));
  const unknown = named.find((name) => !targets.some(({ platform }) => platform === name));
  if (unknown)
    throw new Error(
      `no addon is built for ${unknown}, but for ${TARGETS.map((one) => one.platform).join(', ')}`,
    );
  for (const { platform } of targets.filter((one) => isTried(one.platform))) await refuseMissing(platform);
  await prebuild(targets, say);
  const trained = {};
  for (const target of targets) say(`${target.platform}: ${await tried(target, trained)}`);
  const { file, files, bytes } = pack(process.cwd());
  say(`${file}: ${files} files, ${(bytes / 2 ** 20).toFixed(1)} MB`);
} catch (error) {
  console.error(`release: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * What was run of an addon; where it is said to have been tried, it is tried again.
 *
 * @param {import('./targets.mjs').Target} target
 * @param {import('../platforms/try-kernels.mjs').Trained} trained
 */
async function tried({ platform, file }, trained) {
  if (!isTried(platform)) return 'nothing here runs it, so WebAssembly is preferred there';
  const machine = await startMachine(platform, work, say);
  try {
    return await tryAddon(machine, join(prebuiltFolder(PACKAGE_ROOT, platform), file), work, trained);
  } catch (error) {
    throw new Error(`the addon for ${platform}: ${/** @type {Error} */ (error).message}`);
  } finally {
    await machine.close();
  }
}
