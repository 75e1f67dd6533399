import { createHash } from 'node:crypto';
import type { Split, SplitShares } from './sequence.js';
import { fractionOfDigest, hashedText, splitAt } from './split.js';

/**
 * A number that only depends on a name.
 *
 * @param name a path relative to the data set's folder, with forward slashes on every system
 * @returns 0 ≤ fraction < 1
 */
export function hashFraction(salt: string, name: string): number {
  return fractionOfDigest(createHash('sha256').update(hashedText(salt, name)).digest());
}

/**
 * The split a file belongs to, decided for each file by its own name alone, so that a file keeps its split when others
 * come or go.
 *
 * @param name path relative to the data set's folder, with forward slashes
 */
export function splitOfFile(salt: string, name: string, shares?: SplitShares): Split {
  return splitAt(hashFraction(salt, name), shares);
}
