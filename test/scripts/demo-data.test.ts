import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMidi } from 'midi-file';
import { describe, expect, it } from 'vitest';
import { readWav } from '../../src/data/formats/wav.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function filesOf(name: string, ending: string): string[] {
  const folder = join(ROOT, 'datasets', name);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.endsWith(ending)).map((path) => join(folder, path));
}

const pieces = filesOf('demo-music', '.mid');
const recordings = filesOf('demo-speech', '.wav');

it('the committed demo data are what the script makes, under 2 MB', () => {
  const check = spawnSync(process.execPath, ['scripts/demo-data/main.mjs', '--check'], { cwd: ROOT });
  expect([check.status, check.stderr.toString()]).toEqual([0, '']);
  const bytes = [...pieces, ...recordings].reduce((sum, path) => sum + statSync(path).size, 0);
  expect(bytes).toBeLessThan(2_000_000);
});

describe('demo-music', () => {
  it('has four voices a piece, all on the piano, soprano above bass', () => {
    expect(pieces.length).toBe(250);
    for (const path of pieces) {
      const voices = parseMidi(readFileSync(path))
        .tracks.map((track) => track.flatMap((event) => (event.type === 'noteOn' ? [event.noteNumber] : [])))
        .filter((notes) => notes.length > 0);
      expect(voices.length, path).toBe(4);
      for (const note of voices.flat()) expect(note >= 21 && note <= 108, path).toBe(true);
      const mean = (notes: number[]) => notes.reduce((sum, note) => sum + note, 0) / notes.length;
      expect(mean(voices[0]), path).toBeGreaterThan(mean(voices[3]));
    }
  });
});

describe('demo-speech', () => {
  it('is 8 kHz, 16 bit, mono, neither clipped nor silent', () => {
    expect(recordings.length).toBe(24);
    for (const path of recordings) {
      const bytes = readFileSync(path);
      expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)], path).toEqual([
        1, 8000, 16,
      ]);
      const { samples } = readWav(bytes, path);
      const peak = samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
      const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      expect(peak, path).toBeLessThan(0.999);
      expect(rms, path).toBeGreaterThan(0.02);
    }
  });
});
