/**
 * Samples as a WAV file: one channel, 16 bit PCM (RIFF WAVE, format tag 1).
 *
 * @param samples full scale = ±1; what is louder is cut off
 * @param sampleRate hertz
 */
export function wavOfSamples(samples: Float32Array, sampleRate: number): Uint8Array {
  const HEADER = 44;
  const BYTES_A_SAMPLE = 2;
  const file = Buffer.alloc(HEADER + BYTES_A_SAMPLE * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(BYTES_A_SAMPLE * sampleRate, 28);
  file.writeUInt16LE(BYTES_A_SAMPLE, 32);
  file.writeUInt16LE(8 * BYTES_A_SAMPLE, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(BYTES_A_SAMPLE * samples.length, 40);
  for (const [i, sample] of samples.entries()) {
    const value = Math.round(sample * 32_768);
    file.writeInt16LE(Math.min(32_767, Math.max(-32_768, value)), HEADER + BYTES_A_SAMPLE * i);
  }
  return file;
}
