import { createHash } from 'node:crypto';
import type { Split } from './sequence.js';

/** The salt for folders of a user's own, which have no manifest to choose one. */
export const FOLDER_SALT = 'gru-bench';

/** The share of the files that the training set gets, and validation and test each. */
const TRAIN_SHARE = 0.8;
const VALID_SHARE = 0.1;

/**
 * A number that only depends on a name: the first 48 bits of SHA-256(`salt/name`), as a fraction of 2⁴⁸. The name
 * is taken in Unicode's form NFC, as file systems differ in the form they give it.
 *
 * @param name a path relative to the data set's folder, with forward slashes on every system
 * @returns 0 ≤ fraction < 1
 */
export function hashFraction(salt: string, name: string): number {
  return (
    createHash('sha256')
      .update(`${salt}/${name.normalize('NFC')}`)
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48
  );
}

/**
 * The split a file belongs to: about 80 of 100 files go to train, 10 to valid, 10 to test, decided for each
 * file by its own name alone, so that a file keeps its split when others come or go.
 *
 * @param name path relative to the data set's folder, with forward slashes
 */
export function splitOfFile(salt: string, name: string): Split {
  const fraction = hashFraction(salt, name);
  if (fraction < TRAIN_SHARE) return 'train';
  return fraction < TRAIN_SHARE + VALID_SHARE ? 'valid' : 'test';
}

/** Order of UTF-16 code units: the same on every system and in every language, unlike a locale's order. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
