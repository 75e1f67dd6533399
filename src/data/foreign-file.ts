import { constants, gunzipSync } from 'node:zlib';
import { isFolder } from '../platform/file-status.js';
import { shellWord } from '../platform/shell-word.js';
import { archiveFormat, readHead } from './file-head.js';
import { formatOf } from './formats/file-format.js';
import { jsonRolls, MUSIC_FORMATS, mat, SPEECH_FORMATS } from './formats/registry.js';

/*
 * Files in which data sets come, but which are not read as they are: what they are, and what to do. The kind follows
 * from the first bytes, as names lie; for what has no mark of its own, from the extension.
 */

export const pickle = { extensions: ['.pickle', '.pkl', '.p'] };

/** JSON from a pickle that Python 2 or 3 wrote; numpy's integers become numbers. */
const PICKLE_TO_JSON =
  "python3 -c \"import json, pickle, sys; json.dump(pickle.load(open(sys.argv[1], 'rb'), encoding='latin1'), open(sys.argv[2], 'w'), default=int)\"";

/**
 * What a file is and what to do with it, in one clause.
 *
 * @param path of an ordinary file
 * @returns nothing for what is not known, and for archives and MAT-files, which `importFile` takes
 * @throws Failure if it cannot be read
 */
export function foreignFile(path: string): string | undefined {
  const head = readHead(path);
  const text = head.toString('latin1');
  const piece = [...MUSIC_FORMATS, ...SPEECH_FORMATS].find(({ mark }) => mark.test(text));
  if (piece)
    return `one ${piece.what}; put it with others into a folder, which needs no import, and name that: --dataset FOLDER`;
  // Of protocol 2 or later it begins with its number; older ones have no mark.
  if (formatOf([pickle], path) || (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5)) {
    return `a pickle, which only Python reads; turn it into JSON with ${PICKLE_TO_JSON} ${shellWord(path)} rolls.json, and name that: --dataset rolls.json`;
  }
  if (formatOf([jsonRolls], path))
    return `piano-rolls in JSON need no import; name the file itself: --dataset ${shellWord(path)}`;
  if (archiveFormat(head) === 'gzip') return gzipped(path, head);
  if (/^(Rar!|7z\xbc\xaf|BZh|\xfd7zXZ)/.test(text)) return 'a packed file that is not read; unpack it first';
  return undefined;
}

/** Nothing for a .tar.gz. */
function gzipped(path: string, head: Buffer): string | undefined {
  const inside = gunzipHead(head);
  if (archiveFormat(inside) === 'tar') return undefined;
  const isMat = mat.mark.test(inside.toString('latin1')) || /\.mat\.gz$/i.test(path);
  const what = isMat ? 'a packed MAT-file' : 'a packed file, and no .tar.gz';
  const next = isMat ? ', then import what comes out' : '';
  return `${what}; unpack it with gunzip --keep ${shellWord(path)}${next}`;
}

/** What the beginning of a gzip stream inflates to; empty if it is broken. */
function gunzipHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** What to do with files of one's own, which need no import. @param path of the folder or archive that holds them */
export function nameTheFolder(path: string): string {
  return isFolder(path)
    ? `name the folder itself: --dataset ${shellWord(path)}`
    : 'unpack it, and name the folder that comes out: --dataset FOLDER';
}
