// @ts-check

const HEADER_BYTES = 44;

/**
 * Mono samples in (−1, 1) as a 16-bit PCM RIFF/WAVE file.
 *
 * @param {Float64Array} samples
 * @param {number} sampleRate
 * @returns {Uint8Array}
 */
export function wavFile(samples, sampleRate) {
  const file = Buffer.alloc(HEADER_BYTES + 2 * samples.length);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(2 * sampleRate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, index) => {
    file.writeInt16LE(Math.round(sample * 32767), HEADER_BYTES + 2 * index);
  });
  return new Uint8Array(file);
}
