import { createHash } from 'node:crypto';
import type { Split, SplitShares } from './sequence.js';

/** The salt for folders of a user's own, which have no manifest to choose one. */
export const FOLDER_SALT = 'gru-bench';

/** Which of the splits by hash a folder gets, and how its files are shared out, where the user does not say. */
export const DEFAULT_SPLIT_SEED = 0;
export const DEFAULT_SPLIT_SHARES: SplitShares = [80, 10, 10];

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

/** The salt of a folder's split; each seed gives another split. */
export function saltOfSeed(seed: number): string {
  return seed === DEFAULT_SPLIT_SEED ? FOLDER_SALT : `${FOLDER_SALT} ${seed}`;
}

/**
 * The split a file belongs to: of 100 files about as many as the shares say, decided for each file by its own
 * name alone, so that a file keeps its split when others come or go.
 *
 * @param name path relative to the data set's folder, with forward slashes
 */
export function splitOfFile(
  salt: string,
  name: string,
  [train, valid, test]: SplitShares = DEFAULT_SPLIT_SHARES,
): Split {
  const fraction = hashFraction(salt, name);
  const all = train + valid + test;
  if (fraction < train / all) return 'train';
  return fraction < (train + valid) / all ? 'valid' : 'test';
}

/** Order of UTF-16 code units: the same on every system and in every language, unlike a locale's order. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
