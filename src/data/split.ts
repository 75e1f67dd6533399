import type { Split, SplitShares } from './sequence.js';

/** The salt for folders of a user's own, which have no manifest to choose one. */
export const FOLDER_SALT = 'gru-bench';

/** Which of the splits by hash a folder gets, and how its files are shared out, where the user does not say. */
export const DEFAULT_SPLIT_SEED = 0;
export const DEFAULT_SPLIT_SHARES: SplitShares = [80, 10, 10];

/**
 * What of a file is hashed: `salt/name`, the name in Unicode's form NFC, as file systems differ in the form they give
 * it.
 */
export function hashedText(salt: string, name: string): string {
  return `${salt}/${name.normalize('NFC')}`;
}

/** @param digest SHA-256. @returns its first 48 bits as a fraction of 2⁴⁸ */
export function fractionOfDigest(digest: Uint8Array): number {
  return digest.subarray(0, 6).reduce((bits, byte) => bits * 256 + byte, 0) / 2 ** 48;
}

/** The salt of a folder's split; each seed gives another split. */
export function saltOfSeed(seed: number): string {
  return seed === DEFAULT_SPLIT_SEED ? FOLDER_SALT : `${FOLDER_SALT} ${seed}`;
}

/**
 * The split of a file by the fraction that its name hashes to: of 100 files about as many as the shares say.
 *
 * @param fraction 0 ≤ fraction < 1
 */
export function splitAt(fraction: number, [train, valid, test]: SplitShares = DEFAULT_SPLIT_SHARES): Split {
  const all = train + valid + test;
  if (fraction < train / all) return 'train';
  return fraction < (train + valid) / all ? 'valid' : 'test';
}

/** Order of UTF-16 code units: the same on every system and in every language, unlike a locale's order. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
