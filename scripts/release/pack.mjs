import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fusedSources, hashOfFolder, prebuiltFolder, SOURCES } from '../install/fused.mjs';
import { nodeGyp, nodeHeaders, requireCompiler } from '../install/node-gyp.mjs';
import { npmProgram, PACKAGE_ROOT, PLATFORM } from '../install/places.mjs';

/** @type {(options: object) => Promise<void>} */
const prebuildify = promisify(createRequire(import.meta.url)('prebuildify'));

/**
 * Builds the fused kernels for this platform and packs the package.
 *
 * @param {string} destination folder for the .tgz
 * @returns {Promise<{ file: string, files: number, bytes: number, platforms: string[] }>}
 * @throws Error with the reason in its first line
 */
export async function packageWithPrebuilt(destination) {
  await prebuild();
  const packed = pack(destination);
  return { ...packed, platforms: readdirSync(join(PACKAGE_ROOT, 'prebuilds')).sort() };
}

/** Fills this platform's folder of prebuilds/ anew. */
async function prebuild() {
  const environment = process.env;
  await requireCompiler('the fused kernels', environment);
  const sources = fusedSources(PACKAGE_ROOT);
  const work = mkdtempSync(join(tmpdir(), 'gru-bench-release-'));
  try {
    cpSync(sources, work, { recursive: true });
    const headers = await nodeHeaders(environment);
    if (headers) process.env.npm_config_nodedir = headers;
    process.env.GRU_BENCH_RELEASE = '1';
    await prebuildify({
      cwd: work,
      name: 'gru_bench',
      napi: true,
      strip: true,
      tagLibc: true,
      quiet: true,
      shell: true,
      nodeGyp: `"${process.execPath}" "${nodeGyp(environment)}"`,
    });
    const folder = prebuiltFolder(PACKAGE_ROOT);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(join(work, 'prebuilds', PLATFORM), folder, { recursive: true });
    writeFileSync(join(folder, SOURCES), hashOfFolder(sources));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} destination
 * @returns {{ file: string, files: number, bytes: number }}
 */
export function pack(destination) {
  const npm = npmProgram(process.env);
  if (!npm) throw new Error('no npm found to pack with');
  const words = [npm, 'pack', '--json', '--pack-destination', destination];
  const options = { cwd: PACKAGE_ROOT, encoding: /** @type {const} */ ('utf8') };
  const output = execFileSync(process.execPath, words, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  // The build that npm runs first may print to the same stream.
  const [{ filename, entryCount, size }] = JSON.parse(output.slice(output.indexOf('[\n')));
  return { file: join(destination, filename), files: entryCount, bytes: size };
}
