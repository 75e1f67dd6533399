import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readArchive } from '../../src/data/archive.js';
import { readJsonRolls } from '../../src/data/formats/json-rolls.js';
import { readMatRolls } from '../../src/data/formats/mat.js';
import { readMidiRoll } from '../../src/data/formats/midi.js';
import { readWav } from '../../src/data/formats/wav.js';
import { wavOfSamples } from '../../src/data/formats/write-wav.js';
import { readChecksums } from '../../src/experiment/checksums.js';
import { readPublished } from '../../src/experiment/publish.js';
import { readExperiment } from '../../src/experiment/read-config.js';
import { readResults } from '../../src/experiment/results-file.js';
import { encodeSafetensors } from '../../src/model/encode-safetensors.js';
import { initialParameters } from '../../src/model/initialise.js';
import { modelOf, specMetadata } from '../../src/model/model-file.js';
import { namedTensors } from '../../src/model/model-tensors.js';
import { decodeSafetensors } from '../../src/model/safetensors.js';
import { paperSpec } from '../../src/model/spec.js';
import { unitNamed } from '../../src/model/units/registry.js';
import { Failure } from '../../src/platform/failure.js';
import { readCurve } from '../../src/training/curve.js';
import { matFile, zipFile } from '../data/files.js';
import { mutateBytes, randomFrom } from './mutate.js';
import { IS_LONG, MINUTES, runs, summary } from './scale.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = join(ROOT, 'results/nottingham-variants');
const folder = mkdtempSync(join(tmpdir(), 'gru-bench-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a reader may take for one file of at most a few hundred kilobytes. */
const MOST_MILLISECONDS = 1000;
const MOST_BYTES = 512 * 1024 * 1024;

interface Format {
  readonly name: string;
  readonly long: number;
  readonly short: number;
  readonly files: () => Uint8Array[];
  readonly read: (bytes: Buffer) => unknown;
}

function filesBelow(path: string, extension: string, most: number): Uint8Array[] {
  const all = readdirSync(path, { recursive: true }).map(String).sort();
  return all
    .filter((name) => name.endsWith(extension))
    .slice(0, most)
    .map((name) => readFileSync(join(path, name)));
}

function onDisk(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function safetensors(): Uint8Array {
  const spec = paperSpec('music', unitNamed('lstm'), { hidden: 4 });
  const model = { spec, parameters: initialParameters(spec, 1, 0.1) };
  return encodeSafetensors({ metadata: specMetadata(spec), tensors: namedTensors(model) });
}

const rolls = (frames: number) =>
  Array.from({ length: 3 }, (_, piece) =>
    Array.from({ length: frames + piece }, (_, t) =>
      Array.from({ length: 88 }, (_, key) => Number((t * key) % 9 === 1)),
    ),
  );

const FORMATS: readonly Format[] = [
  {
    name: 'MIDI',
    long: 25_000,
    short: 500,
    files: () => filesBelow(join(ROOT, 'datasets/demo-music'), '.mid', 40),
    read: (bytes) => readMidiRoll(bytes, 'mutated.mid'),
  },
  {
    name: 'WAV',
    long: 15_000,
    short: 300,
    files: () => [
      ...filesBelow(join(ROOT, 'datasets/demo-speech'), '.wav', 4).map((file) => file.subarray(0, 4000)),
      wavOfSamples(
        Float32Array.from({ length: 200 }, (_, i) => Math.sin(i)),
        8000,
      ),
    ],
    read: (bytes) => readWav(bytes, 'mutated.wav'),
  },
  {
    name: 'MAT',
    long: 15_000,
    short: 200,
    files: () => [
      matFile({ traindata: rolls(5), validdata: rolls(4), testdata: rolls(6) }, { compressed: false }),
      matFile({ traindata: rolls(9), validdata: rolls(3), testdata: rolls(2) }, { compressed: true }),
    ],
    read: (bytes) => readMatRolls(bytes, 'mutated.mat'),
  },
  {
    name: 'JSON piano-rolls',
    long: 15_000,
    short: 200,
    files: () =>
      [', ', ',\n'].map((comma) => {
        const piece = `[[60${comma}64]${comma}[NaN]${comma}[67.0${comma}-1]]`;
        return Buffer.from(
          `{"train": [${piece}${comma}${piece}]${comma}"valid": [${piece}], "test": [${piece}]}`,
        );
      }),
    read: (bytes) => readJsonRolls(bytes, 'mutated.json'),
  },
  {
    name: 'safetensors',
    long: 15_000,
    short: 300,
    files: () => [safetensors()],
    read: (bytes) => modelOf(decodeSafetensors(bytes, 'mutated.safetensors'), 'mutated.safetensors'),
  },
  {
    name: 'zip',
    long: 10_000,
    short: 100,
    files: () => [
      zipFile([
        { name: 'a.wav', content: Buffer.alloc(2000, 'a') },
        { name: 'b/c.wav', content: Buffer.from('two') },
      ]),
    ],
    read: (bytes) => readArchive(onDisk('mutated.zip', bytes), (path) => path.endsWith('.wav')),
  },
  {
    name: 'results.csv',
    long: 5_000,
    short: 100,
    files: () => [readFileSync(join(RESULTS, 'results.csv'))],
    read: (bytes) => readResults(onDisk('mutated-results.csv', bytes)),
  },
  {
    name: 'curve.csv',
    long: 5_000,
    short: 100,
    files: () => filesBelow(join(RESULTS, 'curves'), '.csv', 2),
    read: (bytes) => readCurve(onDisk('mutated-curve.csv', bytes)),
  },
  {
    name: 'experiment.json',
    long: 5_000,
    short: 100,
    files: () => [readFileSync(join(RESULTS, 'experiment.json'))],
    read: (bytes) => {
      onDisk('experiment.json', bytes);
      return readPublished(folder);
    },
  },
  {
    name: 'checksums.sha256',
    long: 5_000,
    short: 100,
    files: () => [readFileSync(join(RESULTS, 'checksums.sha256'))],
    read: (bytes) => {
      onDisk('checksums.sha256', bytes);
      return readChecksums(folder);
    },
  },
  {
    name: 'experiment YAML',
    long: 10_000,
    short: 200,
    files: () => ['paper', 'quick'].map((name) => readFileSync(join(ROOT, 'configs', `${name}.yaml`))),
    read: (bytes) => readExperiment(onDisk('mutated.yaml', bytes)),
  },
];

describe('a damaged file is read, or refused in one line', () => {
  it.each(FORMATS)(
    '$name',
    async ({ name, long, short, files, read }) => {
      const originals = files();
      const random = randomFrom(20141211);
      const before = process.memoryUsage().rss;
      const count = runs(long, short);
      let [accepted, slowest, most] = [0, 0, 0];
      for (let n = 0; n < count; n++) {
        const [file, other] = [originals[random(originals.length)], originals[random(originals.length)]];
        const bytes = mutateBytes(file, other, random);
        const start = performance.now();
        try {
          await read(bytes);
          accepted++;
        } catch (error) {
          expectOneLine(error, `${name}, mutation ${n}`);
        }
        slowest = Math.max(slowest, performance.now() - start);
        most = Math.max(most, process.memoryUsage().rss - before);
      }
      expect(slowest).toBeLessThan(MOST_MILLISECONDS);
      expect(most).toBeLessThan(MOST_BYTES);
      summary(
        `${name}: ${count} mutated files, ${accepted} still readable, ${count - accepted} refused in one line; slowest ${slowest.toFixed(0)} ms, memory at most ${(most / 2 ** 20).toFixed(0)} MiB more`,
      );
    },
    (IS_LONG ? 30 : 2) * MINUTES,
  );
});

function expectOneLine(error: unknown, what: string): void {
  if (!(error instanceof Failure)) throw new Error(`${what}: ${(error as Error).stack}`);
  // Neither a second line nor anything that a terminal would obey.
  expect(error.message, what).not.toMatch(/\p{Cc}/u);
  expect(error.message.length, what).toBeGreaterThan(10);
}
