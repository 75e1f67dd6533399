import decoder from 'wav-decoder';
import { BadFile } from '../platform/failure.js';

/*
 * RIFF/WAVE ("Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991; and
 * "Multiple channel audio data and WAVE files", Microsoft, 2001, for WAVE_FORMAT_EXTENSIBLE): a RIFF header of
 * 12 bytes, then chunks (name, size, data, padded to an even size). Little endian throughout.
 */

const INTEGERS = 0x0001;
const FLOATS = 0x0003;
const EXTENSIBLE = 0xfffe;

/** What follows the two bytes of the format in a WAVE_FORMAT_EXTENSIBLE subformat. */
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';

const INTEGER_BITS: readonly number[] = [8, 16, 24, 32];
/** More than four hours at 8 kHz and 16 bit; samples of 8 bit take four times as much memory. */
export const MAX_WAV_BYTES = 256 * 1024 * 1024;

/** A recording, several channels averaged to one. */
export interface Recording {
  /** Hertz. */
  readonly sampleRate: number;
  /** Full scale = ±1. */
  readonly samples: Float32Array;
}

interface Chunk {
  readonly name: string;
  readonly start: number;
  readonly bytes: number;
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly blockBytes: number;
  readonly bits: number;
}

/**
 * Reads a WAV file: any sampling rate, integers of 8, 16, 24 or 32 bit or floats of 32 bit, plain or
 * WAVE_FORMAT_EXTENSIBLE; several channels become one by their mean.
 *
 * @param bytes the whole file, of at most `MAX_WAV_BYTES`
 * @param file its name for messages
 * @throws BadFile for any other content: chunk sizes that lie, no samples, no channel, a rate of 0, sizes that
 *   are no whole number of sample frames, floats that are not finite
 */
export function readWav(bytes: Uint8Array, file: string): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = readChunks(view, file);
  const format = readFormat(view, file, chunks);
  const data = dataChunk(file, chunks, format);
  const channels = decode(bytes.subarray(data.start, data.start + data.bytes), format, file);
  const samples = meanOfChannels(channels);
  const broken = format.tag === FLOATS ? samples.findIndex((sample) => !Number.isFinite(sample)) : -1;
  if (broken >= 0) {
    throw new BadFile(file, `byte ${data.start + broken * format.blockBytes}`, 'a sample that is not finite');
  }
  return { sampleRate: format.sampleRate, samples };
}

function fourLetters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function readChunks(view: DataView, file: string): Chunk[] {
  if (view.byteLength < 12 || fourLetters(view, 0) !== 'RIFF' || fourLetters(view, 8) !== 'WAVE') {
    throw new BadFile(file, 'byte 0', 'no RIFF/WAVE header: not a WAV file');
  }
  const end = 8 + view.getUint32(4, true);
  if (end > view.byteLength) {
    throw new BadFile(
      file,
      'byte 4',
      `announces ${end} bytes, the file has ${view.byteLength}: it was cut short`,
    );
  }
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= end; ) {
    const bytes = view.getUint32(at + 4, true);
    if (at + 8 + bytes > end) {
      const left = end - at - 8;
      throw new BadFile(file, `byte ${at + 4}`, `a chunk of ${bytes} bytes where only ${left} are left`);
    }
    chunks.push({ name: fourLetters(view, at), start: at + 8, bytes });
    at += 8 + bytes + (bytes % 2);
  }
  return chunks;
}

function readFormat(view: DataView, file: string, chunks: readonly Chunk[]): Format {
  const chunk = chunks.find(({ name }) => name === 'fmt ');
  if (!chunk) throw new BadFile(file, 'byte 12', 'no chunk "fmt " that says what the samples are');
  const at = chunk.start;
  if (chunk.bytes < 16) throw new BadFile(file, `byte ${at}`, `a format of ${chunk.bytes} bytes; 16 are due`);
  const format = {
    tag: formatTag(view, file, chunk),
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    blockBytes: view.getUint16(at + 12, true),
    bits: view.getUint16(at + 14, true),
  };
  checkFormat(format, file, at);
  return format;
}

function formatTag(view: DataView, file: string, { start, bytes }: Chunk): number {
  const tag = view.getUint16(start, true);
  if (tag !== EXTENSIBLE) return tag;
  if (bytes < 40)
    throw new BadFile(file, `byte ${start}`, `an extensible format of ${bytes} bytes; 40 are due`);
  const tail = Buffer.from(view.buffer, view.byteOffset + start + 26, 14).toString('hex');
  if (tail !== SUBFORMAT_TAIL) throw new BadFile(file, `byte ${start + 24}`, 'an unknown subformat');
  return view.getUint16(start + 24, true);
}

function checkFormat(format: Format, file: string, at: number): void {
  const refuse = (offset: number, what: string) => new BadFile(file, `byte ${at + offset}`, what);
  const { tag, channels, sampleRate, blockBytes, bits } = format;
  const readable = tag === INTEGERS ? INTEGER_BITS.includes(bits) : tag === FLOATS && bits === 32;
  if (!readable) {
    throw refuse(
      0,
      `format 0x${tag.toString(16)} with ${bits} bit; integers of 8, 16, 24, 32 bit and floats of 32 bit are read`,
    );
  }
  if (channels === 0) throw refuse(2, 'no channel');
  if (sampleRate === 0) throw refuse(4, 'a sampling rate of 0');
  if (blockBytes !== (channels * bits) / 8) {
    throw refuse(
      12,
      `${blockBytes} bytes a sample frame where ${channels} × ${bits} bit take ${(channels * bits) / 8}`,
    );
  }
}

function dataChunk(file: string, chunks: readonly Chunk[], format: Format): Chunk {
  const data = chunks.find(({ name }) => name === 'data');
  if (!data || data.bytes === 0) throw new BadFile(file, 'chunk "data"', 'no samples');
  if (data.bytes % format.blockBytes !== 0) {
    throw new BadFile(
      file,
      `byte ${data.start - 4}`,
      `${data.bytes} bytes of samples are no whole number of sample frames of ${format.blockBytes}`,
    );
  }
  return data;
}

/** The samples of each channel, by wav-decoder from a file of the one layout that it reads everywhere alike. */
function decode(data: Uint8Array, format: Format, file: string): readonly Float32Array[] {
  const { tag, channels, sampleRate, blockBytes, bits } = format;
  const plain = Buffer.from(new ArrayBuffer(44 + data.length));
  plain.write('RIFF', 0, 'latin1');
  plain.writeUInt32LE(36 + data.length, 4);
  plain.write('WAVEfmt ', 8, 'latin1');
  plain.writeUInt32LE(16, 16);
  plain.writeUInt16LE(tag, 20);
  plain.writeUInt16LE(channels, 22);
  plain.writeUInt32LE(sampleRate, 24);
  plain.writeUInt32LE((sampleRate * blockBytes) % 2 ** 32, 28);
  plain.writeUInt16LE(blockBytes, 32);
  plain.writeUInt16LE(bits, 34);
  plain.write('data', 36, 'latin1');
  plain.writeUInt32LE(data.length, 40);
  plain.set(data, 44);
  try {
    const { channelData } = decoder.decode.sync(plain.buffer as ArrayBuffer, { symmetric: true });
    for (const channel of channelData) correctScale(channel, format);
    return channelData;
  } catch (error) {
    throw new BadFile(file, 'chunk "data"', (error as Error).message);
  }
}

/**
 * wav-decoder 1.3 puts the zero of 8-bit samples between two codes, and reads the lowest 24-bit code, −2²³, as
 * +1, which no other code gives. Both back to code / 2^(bits−1).
 */
function correctScale(samples: Float32Array, { tag, bits }: Format): void {
  if (tag !== INTEGERS) return;
  for (let i = 0; i < samples.length; i++) {
    if (bits === 8) samples[i] = (Math.round(samples[i] * 127.5 + 127.5) - 128) / 128;
    else if (bits === 24 && samples[i] === 1) samples[i] = -1;
  }
}

function meanOfChannels(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mean = new Float32Array(channels[0].length);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i];
    mean[i] = sum / channels.length;
  }
  return mean;
}
