import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as tarExtract } from 'tar-stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BadFile, Failure } from '../platform/failure.js';
import { archiveFormat, readHead } from './file-head.js';

/** What an archive may hold at most, all entries together, taken or not. */
const ARCHIVE_LIMITS = { bytes: 256 * 1024 * 1024, entries: 20_000 };

const UNIX_FILE_TYPE = 0o170000;
const UNIX_REGULAR_FILE = 0o100000;
const UNIX_FOLDER = 0o040000;

type Limits = typeof ARCHIVE_LIMITS;
type Accept = (path: string) => boolean;

/**
 * Reads files out of a .zip, .tar, .tar.gz or .deb into memory; nothing touches the disk, so that nothing is left
 * of an archive that is refused. The format follows from the first bytes. A .deb needs `dpkg-deb`.
 *
 * @param file path of the archive
 * @param accept which files to take, by their path inside with forward slashes
 * @returns the content of each taken file by its path
 * @throws Failure if the file cannot be read; BadFile if any entry, taken or not, is a link or a device, or has an absolute path, `..`, a backslash or
 *   a control character in its path; if a path comes twice; if the archive is broken, encrypted, has more than
 *   20 000 entries, or unpacks to more than 256 MiB
 */
export async function readArchive(
  file: string,
  accept: Accept,
  limits: Limits = ARCHIVE_LIMITS,
): Promise<Map<string, Uint8Array>> {
  const format = archiveFormat(readHead(file));
  if (!format) throw new BadFile(file, 'byte 0', 'no .zip, .tar, .tar.gz or .deb');
  const files = new Files(file, accept, limits);
  try {
    if (format === 'zip') await readZip(file, files);
    else if (format === 'deb') await readDeb(file, files);
    else if (format === 'gzip') await readTar([createReadStream(file), createGunzip()], files);
    else await readTar([createReadStream(file)], files);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new BadFile(file, 'archive', (error as Error).message);
  }
  return files.taken;
}

/** The files taken so far, and the bounds they must keep. */
class Files {
  readonly taken = new Map<string, Uint8Array>();
  private entries = 0;
  private bytes = 0;

  constructor(
    readonly archive: string,
    private readonly accept: Accept,
    private readonly limits: Limits,
  ) {}

  /** Checks an entry's name and kind. @returns its path if the file is to be taken */
  admit(name: string, kind: 'file' | 'folder' | 'other'): string | undefined {
    this.entries++;
    if (this.entries > this.limits.entries)
      throw this.refuse(name, `more than ${this.limits.entries} entries`);
    const path = name.replace(/^(\.\/)+/, '').replace(/\/$/, '');
    const reason = unsafeName(path);
    if (reason) throw this.refuse(name, reason);
    if (kind === 'other') throw this.refuse(name, 'a link or a device; only files and folders are read');
    if (kind === 'folder' || !this.accept(path)) return undefined;
    if (this.taken.has(path)) throw this.refuse(name, 'comes twice');
    return path;
  }

  /** Counts unpacked bytes. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.bytes) {
      throw new BadFile(this.archive, 'archive', `unpacks to more than ${this.limits.bytes} bytes`);
    }
  }

  private refuse(name: string, what: string): BadFile {
    return new BadFile(this.archive, `entry ${JSON.stringify(name.slice(0, 120))}`, what);
  }
}

/** Why a path must not be unpacked; nothing if it may. */
function unsafeName(path: string): string | undefined {
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'an absolute path';
  if (path.includes('\\')) return 'a backslash in its path';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'a control character in its path';
  if (path !== '' && path !== '.' && path.split('/').some((part) => part === '..' || part === '')) {
    return 'a path that leads out of its folder';
  }
  return undefined;
}

async function readZip(file: string, files: Files): Promise<void> {
  // Names are checked here, in one way for all formats: decodeStrings would turn some away and mend others.
  const zip = await openPromise(file, { lazyEntries: true, decodeStrings: false, validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = Buffer.from(entry.fileNameRaw).toString('utf8');
      const path = files.admit(name, zipKind(entry, name));
      if (path !== undefined) files.taken.set(path, await readZipEntry(zip, entry, files));
    }
  } finally {
    zip.close();
  }
}

function zipKind(entry: Entry, name: string): 'file' | 'folder' | 'other' {
  if (name.endsWith('/')) return 'folder';
  const type = (entry.externalFileAttributes >>> 16) & UNIX_FILE_TYPE;
  if (type === UNIX_FOLDER) return 'folder';
  return type === 0 || type === UNIX_REGULAR_FILE ? 'file' : 'other';
}

async function readZipEntry(zip: ZipFile, entry: Entry, files: Files): Promise<Uint8Array> {
  return collect(await zip.openReadStreamPromise(entry), (bytes) => files.count(bytes));
}

async function collect(
  stream: AsyncIterable<Uint8Array>,
  count?: (bytes: number) => void,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    count?.(part.length);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a tar stream (POSIX.1-1988 ustar, pax, GNU) that runs through `stages`. */
async function readTar(stages: [Readable, ...Transform[]], files: Files): Promise<void> {
  const extract = tarExtract();
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        files.count(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  // Entries are taken while the stream runs; an error of either side ends both.
  const running = pipeline([...stages, counter, extract] as unknown as [Readable, NodeJS.WritableStream]);
  const taking = takeTarEntries(extract, files);
  const [ran, took] = await Promise.allSettled([running, taking]);
  const failures = [took, ran].filter((one) => one.status === 'rejected').map(({ reason }) => reason);
  const told = failures.find((reason) => reason instanceof Failure) ?? failures.at(-1);
  if (told) throw told;
}

async function takeTarEntries(extract: ReturnType<typeof tarExtract>, files: Files): Promise<void> {
  for await (const entry of extract) {
    const { name, type } = entry.header;
    const kind =
      type === 'directory' ? 'folder' : type === 'file' || type === 'contiguous-file' ? 'file' : 'other';
    const path = files.admit(name, kind);
    if (path === undefined) entry.resume();
    else files.taken.set(path, await collect(entry as unknown as AsyncIterable<Uint8Array>));
  }
}

/** A Debian package's files (deb(5)): dpkg-deb unpacks the outer layer, whose compression Node has not. */
async function readDeb(file: string, files: Files): Promise<void> {
  const child = spawn('dpkg-deb', ['--fsys-tarfile', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    if (complaint.length < 1000) complaint += text.toString('utf8');
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'ENOENT' ? 'needs the program dpkg-deb, which is not here' : error.message;
      reject(new BadFile(file, 'archive', reason));
    });
    child.on('close', (code) => {
      const reason = complaint.trim().split('\n')[0] || `dpkg-deb ended with ${code}`;
      if (code === 0) resolve();
      else reject(new BadFile(file, 'archive', reason));
    });
  });
  const [read, end] = await Promise.allSettled([readTar([child.stdout], files), ended]);
  // dpkg-deb's own complaint explains an archive that ends too soon; a refusal of ours makes dpkg-deb complain.
  if (read.status === 'rejected' && read.reason instanceof Failure) throw read.reason;
  if (end.status === 'rejected') throw end.reason;
  if (read.status === 'rejected') throw read.reason;
}
