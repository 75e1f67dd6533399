// @ts-check
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compose } from './compose.mjs';
import { midiFile } from './midi.mjs';
import { createRandom } from './random.mjs';
import { SPEAKERS, speak } from './speak.mjs';

const DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url));
const MUSIC_SEED = 1685;
const SPEECH_SEED = 1791;
const PIECES = { train: 200, valid: 25, test: 25 };
const UTTERANCES = { train: 6, valid: 1, test: 1 };

/** @typedef {Map<string, Uint8Array>} Files path below datasets/ → content */

/** @returns {Files} */
function music() {
  const random = createRandom(MUSIC_SEED);
  /** @type {Files} */
  const files = new Map();
  for (const [split, pieces] of Object.entries(PIECES))
    for (let number = 1; number <= pieces; number++) {
      const name = String(number).padStart(String(pieces).length, '0');
      files.set(`demo-music/${split}/${name}.mid`, midiFile(compose(random), `${split} ${name}`));
    }
  return files;
}

/** @returns {Files} */
function speech() {
  const random = createRandom(SPEECH_SEED);
  /** @type {Files} */
  const files = new Map();
  for (const [split, utterances] of Object.entries(UTTERANCES))
    for (const [name, speaker] of Object.entries(SPEAKERS))
      for (let number = 1; number <= utterances; number++)
        files.set(`demo-speech/${split}/${name}-${number}.wav`, speak(speaker, random));
  return files;
}

/** @returns {string[]} paths below datasets/ of the recordings and pieces that lie there */
function present() {
  return ['demo-music', 'demo-speech'].flatMap((folder) =>
    readdirSync(join(DATASETS, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(mid|wav)$/.test(path))
      .map((path) => join(folder, path).replaceAll('\\', '/')),
  );
}

/** @param {Files} files */
function write(files) {
  for (const folder of ['demo-music', 'demo-speech'])
    for (const split of Object.keys(PIECES))
      rmSync(join(DATASETS, folder, split), { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(DATASETS, path)), { recursive: true });
    writeFileSync(join(DATASETS, path), content);
  }
}

/**
 * @param {Files} files
 * @returns {string[]} what differs between the files on disk and those given
 */
function differences(files) {
  const found = new Set(present());
  const unexpected = [...found].filter((path) => !files.has(path)).map((path) => `${path}: not made here`);
  const wrong = [...files].flatMap(([path, content]) => {
    if (!found.has(path)) return [`${path}: missing`];
    return readFileSync(join(DATASETS, path)).equals(content) ? [] : [`${path}: differs`];
  });
  return [...unexpected, ...wrong];
}

const files = new Map([...music(), ...speech()]);
if (process.argv.includes('--check')) {
  const found = differences(files);
  for (const line of found) console.error(line);
  if (found.length > 0) process.exitCode = 1;
} else {
  write(files);
  const bytes = [...files.values()].reduce((sum, content) => sum + content.length, 0);
  console.log(`${files.size} files, ${bytes} bytes`);
}
