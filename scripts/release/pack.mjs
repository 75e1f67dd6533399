import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fusedSources, hashOfFolder, prebuiltFolder, SOURCES } from '../install/fused.mjs';
import { npmProgram, PACKAGE_ROOT } from '../install/places.mjs';
import { compileAddon } from './compile.mjs';
import { fetchToolchain } from './toolchain.mjs';

/**
 * Fills the folders of prebuilds/ anew, one for each platform.
 *
 * @param {readonly import('./targets.mjs').Target[]} targets
 * @param {(line: string) => void} say
 * @returns {Promise<void>}
 * @throws Error with the reason in its first line
 */
export async function prebuild(targets, say) {
  const toolchain = await fetchToolchain(process.env, say);
  const sources = fusedSources(PACKAGE_ROOT);
  const work = mkdtempSync(join(tmpdir(), 'gru-bench-release-'));
  try {
    for (const target of targets) {
      say(`building the fused kernels for ${target.platform} by zig ${toolchain.version}`);
      const addon = join(work, target.file);
      await compileAddon(target, sources, toolchain, addon);
      const folder = prebuiltFolder(PACKAGE_ROOT, target.platform);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      copyFileSync(addon, join(folder, target.file));
      writeFileSync(join(folder, SOURCES), hashOfFolder(sources));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} destination folder for the .tgz
 * @returns {{ file: string, files: number, bytes: number }}
 */
export function pack(destination) {
  const npm = npmProgram(process.env);
  if (!npm) throw new Error('no npm found to pack with');
  const words = [npm, 'pack', '--json', '--pack-destination', destination];
  const options = { cwd: PACKAGE_ROOT, encoding: /** @type {const} */ ('utf8') };
  const { stdout: output, stderr, status } = spawnSync(process.execPath, words, options);
  if (status !== 0) {
    process.stderr.write(stderr);
    throw new Error('npm could not pack, for the reason above');
  }
  // The build that npm runs first may print to the same stream.
  const [{ filename, entryCount, size }] = JSON.parse(output.slice(output.indexOf('[\n')));
  return { file: join(destination, filename), files: entryCount, bytes: size };
}
