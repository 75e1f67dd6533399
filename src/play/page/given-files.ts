import { formatOf } from '../../data/formats/file-format.js';
import { midi } from '../../data/formats/midi.js';
import type { GivenFile } from '../given-music.js';

/** Files that a user chose or dropped, before they are read. */
export interface Given {
  /** Of the folder, where it is one. */
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly file: File }[];
}

/** What single files are called together. */
const LOOSE = 'your files';
/** More were hardly meant. */
const MOST_FILES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** Of an `<input type="file">`, with or without `webkitdirectory`. */
export function chosenFiles(files: FileList): Given {
  return rooted(Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/**
 * All files below what was dropped, folders too.
 *
 * @throws Error, in one line, where the browser does not let a page from the disk look into a folder
 */
export async function droppedFiles({ items }: DataTransfer): Promise<Given> {
  const found: { path: string; file: File }[] = [];
  // They are only to be had before the event's end.
  const folders: FileSystemEntry[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry);
    else if (file) found.push({ path: file.name, file });
  }
  try {
    for (const folder of folders) await collect(folder, found);
  } catch (error) {
    if (location.protocol !== 'file:') throw error;
    throw new Error(
      'this browser lets no page from the disk look into a dropped folder: choose the folder, or drop its files',
    );
  }
  return rooted(found);
}

async function collect(entry: FileSystemEntry, found: { path: string; file: File }[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const { file } = entry as FileSystemFileEntry;
    const path = entry.fullPath.replace(/^\//, '');
    found.push({ path, file: await new Promise((resolve, reject) => file.call(entry, resolve, reject)) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It tells a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await collect(one, found);
  }
}

/** Paths below the one folder that was given; where there is none, as they are, no two the same. */
function rooted(files: readonly { path: string; file: File }[]): Given {
  const roots = new Set(files.map(({ path }) => path.split('/')[0]));
  const isFolder = roots.size === 1 && files.every(({ path }) => path.includes('/'));
  if (isFolder) {
    const [name] = roots;
    return { name, files: files.map(({ path, file }) => ({ path: path.slice(name.length + 1), file })) };
  }
  const taken = new Set<string>();
  return {
    name: files.length === 1 ? files[0].path : LOOSE,
    files: files.map(({ path, file }) => {
      let own = path;
      for (let n = 2; taken.has(own); n++) own = path.replace(/(\.[^.]*)?$/, ` (${n})$1`);
      taken.add(own);
      return { path: own, file };
    }),
  };
}

/**
 * The bytes of those that are music; of the others the names are enough.
 *
 * @throws Error, in one line, where there are none or too many
 */
export async function readGiven({ name, files }: Given): Promise<{ name: string; files: GivenFile[] }> {
  if (files.length === 0) throw new Error('no file was given');
  if (files.length >= MOST_FILES)
    throw new Error(`${name}: ${MOST_FILES} files or more; give the folder of one data set`);
  const isMusic = ({ path }: { path: string }) => formatOf([midi], path) !== undefined;
  const bytes = files.filter(isMusic).reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > MOST_BYTES)
    throw new Error(`${name}: ${(bytes / 2 ** 20).toFixed(0)} MiB of MIDI files; a tab takes 256`);
  const read = async (one: Given['files'][number]) => ({
    path: one.path,
    bytes: isMusic(one) ? new Uint8Array(await one.file.arrayBuffer()) : new Uint8Array(),
  });
  return { name, files: await Promise.all(files.map(read)) };
}
