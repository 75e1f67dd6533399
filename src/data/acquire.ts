import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../platform/failure.js';
import { isBelow } from '../platform/folders.js';
import { removeLeftOvers } from '../platform/left-overs.js';
import { inTemporaryFolder } from '../platform/temporary-folder.js';
import { checkedRecordings, checkedRolls, locate, waysOut } from './catalogue.js';
import { download, type Progress } from './download.js';
import { downloadFolder, whileFilesLocked } from './download-folder.js';
import {
  type AptPlace,
  type Manifest,
  type RecordingsSource,
  type RollsManifest,
  readRecordingsSource,
  type WebPlace,
} from './manifest.js';
import { installRecordings } from './recordings.js';

const APT_MILLISECONDS = 300_000;

export interface AcquireOptions {
  /** Where data go: `datasets` in the user's cache folder if not given. */
  readonly folder?: string;
  readonly progress?: Progress;
  /** Told before each place that is tried. */
  readonly says?: (line: string) => void;
  /** Another way to reach the network; Node's own `fetch` if not given. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Where a data set now is, and whether it was there before. */
export interface Acquired {
  readonly path: string;
  readonly fetched: boolean;
}

/**
 * Sees to it that a data set's files are on this machine and are those of the manifest: from the places of its
 * manifest, one after another, into the user's cache folder.
 *
 * @throws Failure in one line with what each place answered and the ways out
 */
export async function downloadDataset(manifest: Manifest, options: AcquireOptions = {}): Promise<Acquired> {
  const folder = options.folder ?? downloadFolder();
  const ifPresent = () => {
    const path = presentAndRight(manifest, folder);
    return path === undefined ? undefined : { path, fetched: false };
  };
  const present = ifPresent();
  if (present) return present;
  if (manifest.from === 'package')
    throw new Failure(`${manifest.name} is missing in this package: install it again`);
  const fetch = async () => {
    // Another process may have brought it while this one waited.
    const brought = ifPresent();
    if (brought) return brought;
    const path =
      manifest.from === 'mat-file'
        ? await fetchRolls(manifest, folder, options)
        : await fetchRecordings(manifest, folder, options);
    return { path, fetched: true };
  };
  const files = manifest.from === 'mat-file' ? manifest.name : manifest.source;
  return whileFilesLocked(files, folder, fetch, options.says);
}

/**
 * Where the data set lies, if it is whole. Damaged files in the download folder count as absent and are
 * replaced; damaged ones elsewhere are their owner's to remove.
 */
function presentAndRight(manifest: Manifest, folder: string): string | undefined {
  const path = locate(manifest) ?? locate(manifest, [folder]);
  if (!path) return undefined;
  try {
    if (manifest.from === 'mat-file') checkedRolls(manifest, path);
    if (manifest.from === 'recordings') {
      checkedRecordings(readRecordingsSource(manifest.source), path, manifest.name);
    }
    return path;
  } catch (error) {
    if (isBelow(path, folder)) return undefined;
    throw error;
  }
}

async function fetchRolls(manifest: RollsManifest, folder: string, options: AcquireOptions): Promise<string> {
  const target = join(folder, manifest.file);
  removeLeftOvers(dirname(target));
  const { bytes, sha256 } = manifest;
  await firstThatWorks(manifest, manifest.places, options, (place) =>
    download({ ...options, url: place.url, target, bytes, maxBytes: bytes, sha256 }),
  );
  return target;
}

async function fetchRecordings(
  manifest: Manifest & { from: 'recordings' },
  folder: string,
  options: AcquireOptions,
): Promise<string> {
  const source = readRecordingsSource(manifest.source);
  await firstThatWorks(manifest, source.places, options, (place) =>
    'apt' in place ? fetchByApt(source, place, folder) : fetchArchive(source, place, folder, options),
  );
  return join(folder, source.folder);
}

/** Tries one place after another; what each answers goes into the one line if none works. */
async function firstThatWorks<Place extends WebPlace | AptPlace>(
  manifest: Manifest,
  places: readonly Place[],
  options: AcquireOptions,
  fetchFrom: (place: Place) => Promise<void>,
): Promise<void> {
  const answers: string[] = [];
  for (const place of places) {
    try {
      options.says?.(`${manifest.name}: from ${nameOfPlace(place)}`);
      await fetchFrom(place);
      return;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      answers.push(error.message);
    }
  }
  throw new Failure(`${manifest.name} could not be fetched (${answers.join('; ')}): ${waysOut(manifest)}`);
}

function nameOfPlace(place: WebPlace | AptPlace): string {
  return 'apt' in place ? `package ${place.apt} (apt-get download)` : new URL(place.url).host;
}

/** A Debian package through apt-get, which checks the archive's own signatures; needs no root. */
async function fetchByApt(source: RecordingsSource, place: AptPlace, folder: string): Promise<void> {
  await inTemporaryFolder(async (temporary) => {
    await runAptGet(place.apt, temporary);
    const packages = readdirSync(temporary).filter((file) => file.endsWith('.deb'));
    if (packages.length !== 1) throw new Failure(`apt-get left ${packages.length} packages instead of one`);
    await installRecordings(source, join(temporary, packages[0]), folder);
  });
}

function runAptGet(name: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['download', '-qq', name], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: APT_MILLISECONDS,
    });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => {
      if (complaint.length < 2000) complaint += text.toString('utf8');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(new Failure(error.code === 'ENOENT' ? 'no apt-get here' : `apt-get: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const why = complaint
        .split('\n')
        .find((line) => line.startsWith('E:'))
        ?.slice(2)
        .trim();
      const ended = signal ? `stopped after ${APT_MILLISECONDS / 1000} s` : `ended with ${code}`;
      reject(new Failure(`apt-get: ${why ?? ended} (an "apt-get update" may help)`));
    });
  });
}

async function fetchArchive(
  source: RecordingsSource,
  place: WebPlace,
  folder: string,
  options: AcquireOptions,
): Promise<void> {
  const target = join(folder, `${source.name}.archive`);
  await download({ ...options, url: place.url, target, maxBytes: source.maxArchiveBytes });
  try {
    await installRecordings(source, target, folder);
  } finally {
    rmSync(target, { force: true });
  }
}
