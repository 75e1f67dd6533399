import { BadFile } from '../../platform/failure.js';

/*
 * RIFF/WAVE ("Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991): a RIFF header
 * of 12 bytes, then chunks (name, size, data, padded to an even size), little endian throughout. RF64 ("MBWF / RF64:
 * An extended File Format for Audio", EBU Tech 3306) puts sizes of 64 bit into a chunk "ds64".
 *
 * A program that writes to a pipe cannot go back to fill sizes in. What it then leaves differs, and is taken as "to
 * the end of the file", as players take it.
 */

const HEAD_BYTES = 8;
const FIRST_CHUNK = 12;
const FULL = 0xffffffff;
/** Real files have a dozen; millions of empty ones would take minutes. */
const MOST_CHUNKS = 10_000;

/** A chunk by its name; `start` and `bytes` are those of its data. */
export interface Chunk {
  readonly name: string;
  readonly start: number;
  readonly bytes: number;
}

/** What a file of another kind begins with, and what to call it. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^RIFX/, 'a RIFX file, which is WAV with its bytes in the other order'],
  [/^riff/, 'a Wave64 file'],
  [/^FORM....AIF/s, 'an AIFF file'],
  [/^NIST_1A/, 'a NIST SPHERE file, as those of TIMIT'],
  [/^fLaC/, 'a FLAC file'],
  [/^OggS/, 'an Ogg file'],
  [/^ID3|^\xff[\xe2-\xff]/, 'an MP3 file'],
  [/^\.snd/, 'an AU file'],
];

/**
 * The chunks of a WAV file (RIFF or RF64). The size that the header announces plays no part: chunks are where they
 * are. A size of the samples that was left open (0, 0x7FFFF000 to 0x80000000, 0xFFFFF000 and more) reaches to the end
 * of the file. A chunk of odd size may lack its padding.
 *
 * @throws BadFile for what is no WAV file, and for a chunk before or of the samples that is longer than the file
 */
export function readChunks(view: DataView, file: string): Chunk[] {
  checkHeader(view, file);
  const chunks: Chunk[] = [];
  for (let at = FIRST_CHUNK; at + HEAD_BYTES <= view.byteLength; ) {
    const chunk = readChunk(view, at, chunks);
    const left = view.byteLength - chunk.start;
    if (chunk.bytes > left || chunks.length === MOST_CHUNKS) {
      // Behind the samples nothing is needed.
      if (chunks.some(({ name }) => name === 'data')) break;
      if (chunk.bytes > left) throw tooLong(chunk, left, file);
      throw new BadFile(file, `byte ${at}`, `more than ${MOST_CHUNKS} chunks before the samples`);
    }
    chunks.push(chunk);
    at = endOf(view, chunk);
  }
  return chunks;
}

function checkHeader(view: DataView, file: string): void {
  const start = fourLetters(view, 0);
  if ((start === 'RIFF' || start === 'RF64' || start === 'BW64') && fourLetters(view, 8) === 'WAVE') return;
  const head = letters(view, 0, FIRST_CHUNK);
  const kind = OTHER_KINDS.find(([beginning]) => beginning.test(head))?.[1];
  const what = kind ? `${kind}, not WAV; convert it, such as by sox or ffmpeg` : 'not a WAV file';
  throw new BadFile(file, 'byte 0', `no RIFF/WAVE header: ${what}`);
}

function tooLong({ name, start, bytes }: Chunk, left: number, file: string): BadFile {
  const what =
    name === 'data'
      ? `${bytes} bytes of samples are announced where only ${left} are left: cut short`
      : `a chunk of ${bytes} bytes where only ${left} are left`;
  return new BadFile(file, `byte ${start - 4}`, what);
}

function letters(view: DataView, at: number, count: number): string {
  const end = Math.min(at + count, view.byteLength);
  return String.fromCharCode(
    ...Array.from({ length: Math.max(end - at, 0) }, (_, i) => view.getUint8(at + i)),
  );
}

function fourLetters(view: DataView, at: number): string {
  return letters(view, at, 4);
}

function readChunk(view: DataView, at: number, before: readonly Chunk[]): Chunk {
  const name = fourLetters(view, at);
  const start = at + HEAD_BYTES;
  const announced = view.getUint32(at + 4, true);
  if (name !== 'data') return { name, start, bytes: announced };
  const size = announced === FULL ? (longSize(view, before) ?? FULL) : announced;
  const left = view.byteLength - start;
  const isOpen = size === 0 ? !isChunk(view, start) : isLeftOpen(size);
  return { name, start, bytes: isOpen ? left : size };
}

/** The size of the samples in an RF64 file. */
function longSize(view: DataView, before: readonly Chunk[]): number | undefined {
  const ds64 = before.find(({ name, bytes }) => name === 'ds64' && bytes >= 16);
  return ds64 && Number(view.getBigUint64(ds64.start + 8, true));
}

/**
 * What programs write for a size that they do not know: sox and eSpeak 0x7FFFF000, ALSA 0x80000000 and a little less,
 * ffmpeg and mpg123 0xFFFFFFFF, LAME a little less. No file that is read here is as long.
 */
function isLeftOpen(size: number): boolean {
  return (size >= 0x7ffff000 && size <= 0x80000000) || (size >= 0xfffff000 && size <= FULL) || size > 2 ** 53;
}

/** Where the next chunk begins: behind the padding of an odd size, unless the file has none there. */
function endOf(view: DataView, { start, bytes }: Chunk): number {
  const end = start + bytes;
  if (bytes % 2 === 0) return end;
  return !isChunk(view, end + 1) && isChunk(view, end) ? end : end + 1;
}

/** Whether a chunk may begin here: four printable characters and a size that fits. */
function isChunk(view: DataView, at: number): boolean {
  if (at + HEAD_BYTES > view.byteLength) return false;
  const size = view.getUint32(at + 4, true);
  const fits = at + HEAD_BYTES + size <= view.byteLength;
  return /^[A-Za-z0-9 _-]{4}$/.test(fourLetters(view, at)) && (fits || fourLetters(view, at) === 'data');
}
