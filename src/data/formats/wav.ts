import decoder from 'wav-decoder';
import { BadFile } from '../../platform/failure.js';
import type { FileFormat } from './file-format.js';
import { type Companding, expand } from './g711.js';
import { type Chunk, readChunks } from './wav-chunks.js';
import { type SampleFormat, wavFile, wavOfSamples } from './write-wav.js';

/* The format chunk is that of "Multiple channel audio data and WAVE files", Microsoft, 2001. */

const INTEGERS = 0x0001;
const FLOATS = 0x0003;
const EXTENSIBLE = 0xfffe;

/** Codes of 8 bit that stand for 13 or 14 bit (ITU-T G.711). */
const COMPANDED: Readonly<Record<number, Companding>> = { 6: 'A-law', 7: 'mu-law' };

/** Codecs that are not read, by the name that people know. */
const CODECS: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
  353: 'Windows Media Audio',
};

/** What follows the two bytes of the format in a WAVE_FORMAT_EXTENSIBLE subformat. */
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';

const MOST_INTEGER_BITS = 32;
const FLOAT_BITS: readonly number[] = [32, 64];

export const wav = {
  what: 'recording',
  extensions: ['.wav'],
  /** More than four hours at 8 kHz and 16 bit; samples of 8 bit take four times as much memory. */
  limit: { bytes: 256 * 1024 * 1024, advice: 'cut the recording into several files' },
  mark: /^RIFF....WAVE/s,
  read: readWav,
  write: wavOfSamples,
} satisfies FileFormat<Recording>;

/** A recording, several channels averaged to one. */
export interface Recording {
  /** Hertz. */
  readonly sampleRate: number;
  /** Full scale = ±1. */
  readonly samples: Float32Array;
  /** How the samples are stored, such as `16-bit integers` or `mu-law`. */
  readonly encoding: string;
  /** What was passed over, a phrase each. */
  readonly remarks: readonly string[];
}

/**
 * Reads a WAV file: any sampling rate, integers of up to 32 bit, floats of 32 or 64 bit, mu-law or A-law, plain or
 * WAVE_FORMAT_EXTENSIBLE; several channels become one by their mean. Fewer bits than fill their bytes are the upper
 * ones, as the format has it. A last frame that is cut is left out.
 *
 * @param bytes the whole file, of at most `wav.limit`
 * @param file its name for messages
 * @throws BadFile for any other content: fewer samples than announced, no samples, no channel, a rate of 0, a size
 *   of a sample frame that is not its samples', floats that are not finite
 */
export function readWav(bytes: Uint8Array, file: string): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = readChunks(view, file);
  const format = readFormat(view, file, chunks);
  const [data, ...others] = chunks.filter(({ name }) => name === 'data');
  const whole = data ? data.bytes - (data.bytes % format.blockBytes) : 0;
  if (whole === 0) throw new BadFile(file, 'chunk "data"', 'no samples');
  const channels = decode(bytes.subarray(data.start, data.start + whole), format, file);
  const samples = meanOfChannels(channels);
  const broken = format.tag === FLOATS ? samples.findIndex((sample) => !Number.isFinite(sample)) : -1;
  if (broken >= 0) {
    throw new BadFile(file, `byte ${data.start + broken * format.blockBytes}`, 'a sample that is not finite');
  }
  return {
    sampleRate: format.sampleRate,
    samples,
    encoding: encodingOf(format),
    remarks: [
      ...(whole < data.bytes ? ['the last sample frame is cut and left out'] : []),
      ...(others.length > 0 ? ['samples behind the first chunk "data" are left out'] : []),
    ],
  };
}

function encodingOf({ tag, bits }: SampleFormat): string {
  if (tag in COMPANDED) return COMPANDED[tag];
  return `${bits}-bit ${tag === FLOATS ? 'floats' : 'integers'}`;
}

function readFormat(view: DataView, file: string, chunks: readonly Chunk[]): SampleFormat {
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
  return checkedFormat(format, file, at);
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

/** @returns the format, with the bits that a sample takes up */
function checkedFormat(format: SampleFormat, file: string, at: number): SampleFormat {
  const refuse = (offset: number, what: string) => new BadFile(file, `byte ${at + offset}`, what);
  const { tag, channels, sampleRate, blockBytes, bits } = format;
  if (!isReadable(format)) {
    const name = CODECS[tag] ?? COMPANDED[tag];
    const code = `format 0x${tag.toString(16)}`;
    const codec = name ? `${name} (${code})` : code;
    throw refuse(
      0,
      `${codec} with ${bits} bit is not read; convert it to integers of 16 bit, such as by sox or ffmpeg`,
    );
  }
  if (channels === 0) throw refuse(2, 'no channel');
  if (sampleRate === 0) throw refuse(4, 'a sampling rate of 0');
  const stored = 8 * Math.ceil(bits / 8);
  if (blockBytes !== (channels * stored) / 8) {
    throw refuse(
      12,
      `${blockBytes} bytes a sample frame where ${channels} × ${bits} bit take ${(channels * stored) / 8}`,
    );
  }
  return { ...format, bits: stored };
}

function isReadable({ tag, bits }: SampleFormat): boolean {
  if (tag === INTEGERS) return bits > 0 && bits <= MOST_INTEGER_BITS;
  return tag === FLOATS ? FLOAT_BITS.includes(bits) : tag in COMPANDED && bits === 8;
}

/** Companded codes as integers of 16 bit; anything else as it is. */
function expanded(data: Uint8Array, format: SampleFormat): { data: Uint8Array; format: SampleFormat } {
  const law = COMPANDED[format.tag];
  if (!law) return { data, format };
  const wide = { ...format, tag: INTEGERS, bits: 16, blockBytes: 2 * format.blockBytes };
  return { data: expand(data, law), format: wide };
}

/** The samples of each channel, by wav-decoder from a file of the one layout that it reads everywhere alike. */
function decode(stored: Uint8Array, encoded: SampleFormat, file: string): readonly Float32Array[] {
  const { data, format } = expanded(stored, encoded);
  try {
    const { channelData } = decoder.decode.sync(wavFile(format, data).buffer, { symmetric: true });
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
function correctScale(samples: Float32Array, { tag, bits }: SampleFormat): void {
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
