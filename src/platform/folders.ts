import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own root: where `datasets/`, `configs/` and `package.json` lie. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The version in package.json. */
export const PACKAGE_VERSION: string = JSON.parse(
  readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
).version;

/**
 * The folder of this user for what can be made again (downloads, libraries): `GRU_BENCH_CACHE`, else the
 * platform's own place (XDG base directory specification; `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on
 * Windows).
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.GRU_BENCH_CACHE) return resolve(environment.GRU_BENCH_CACHE);
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'gru-bench');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gru-bench');
  if (process.platform === 'win32' && environment.LOCALAPPDATA)
    return join(environment.LOCALAPPDATA, 'gru-bench', 'Cache');
  return join(homedir(), '.cache', 'gru-bench');
}

/** The folders searched for a data set's files, in this order. */
export function dataFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const folders = [join(PACKAGE_ROOT, 'datasets'), join(cacheFolder(environment), 'datasets')];
  return environment.GRU_BENCH_DATA ? [resolve(environment.GRU_BENCH_DATA), ...folders] : folders;
}

/** Whether a path leads below a folder, not to one whose name only begins as the folder's does. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
