import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const LIST = 'complete.json';
const STALE_MILLISECONDS = 24 * 3600 * 1000;

/**
 * Fills a folder of the cache whole or not at all: beside its place, then renamed. When another install was
 * quicker, its folder stands and this one is dropped.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<string[]>} fill fills the folder given and returns the files (relative
 *   to it) without which it is worth nothing; what it throws is thrown on, and nothing is left behind
 */
export async function makeWhole(folder, fill) {
  if (isWhole(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  removeStale(folder);
  const partial = `${folder}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    mkdirSync(partial);
    const files = await fill(partial);
    const sizes = Object.fromEntries(files.map((file) => [file, statSync(join(partial, file)).size]));
    writeFileSync(join(partial, LIST), JSON.stringify(sizes, null, 2));
    takeItsPlace(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * Whether a folder was filled to the end and its listed files still have their sizes.
 *
 * @param {string} folder
 */
export function isWhole(folder) {
  try {
    const sizes = Object.entries(JSON.parse(readFileSync(join(folder, LIST), 'utf8')));
    return sizes.length > 0 && sizes.every(([file, size]) => statSync(join(folder, file)).size === size);
  } catch {
    return false;
  }
}

/**
 * The whole ones among the folders in a place whose names fit, the newest version first.
 *
 * @param {string} place
 * @param {RegExp} name
 * @returns {string[]}
 */
export function wholeFolders(place, name) {
  const names = existsSync(place) ? readdirSync(place).filter((each) => name.test(each)) : [];
  names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return names.map((each) => join(place, each)).filter(isWhole);
}

/**
 * @param {string} partial
 * @param {string} folder
 */
function takeItsPlace(partial, folder) {
  if (isWhole(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(partial, folder);
  } catch (error) {
    if (!isWhole(folder)) throw error;
  }
}

/**
 * Removes what killed installs left beside a folder long ago.
 *
 * @param {string} folder
 */
function removeStale(folder) {
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith('.partial')) continue;
    const path = join(dirname(folder), name);
    if (Date.now() - statSync(path).mtimeMs > STALE_MILLISECONDS)
      rmSync(path, { recursive: true, force: true });
  }
}
