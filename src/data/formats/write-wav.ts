/** How samples are stored (RIFF WAVE, the chunk "fmt "). */
export interface SampleFormat {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly blockBytes: number;
  /** Of one sample as it is stored, where a file may announce fewer: 12 bit stand in 16, 20 in 24. */
  readonly bits: number;
}

/** Stored samples as a WAV file, alone in its buffer. */
export function wavFile(format: SampleFormat, data: Uint8Array): Buffer<ArrayBuffer> {
  const { tag, channels, sampleRate, blockBytes, bits } = format;
  const file = Buffer.from(new ArrayBuffer(44 + data.length));
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + data.length, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(tag, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE((sampleRate * blockBytes) % 2 ** 32, 28);
  file.writeUInt16LE(blockBytes, 32);
  file.writeUInt16LE(bits, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(data.length, 40);
  file.set(data, 44);
  return file;
}

/**
 * Samples as a WAV file: one channel, integers of 16 bit.
 *
 * @param samples full scale = ±1; what is louder is cut off
 * @param sampleRate hertz
 */
export function wavOfSamples(samples: Float32Array, sampleRate: number): Uint8Array {
  const data = Buffer.alloc(2 * samples.length);
  for (const [i, sample] of samples.entries()) {
    const value = Math.round(sample * 32_768);
    data.writeInt16LE(Math.min(32_767, Math.max(-32_768, value)), 2 * i);
  }
  return wavFile({ tag: 1, channels: 1, sampleRate, blockBytes: 2, bits: 16 }, data);
}
