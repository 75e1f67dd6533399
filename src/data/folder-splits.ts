import { Failure, Misuse } from '../platform/failure.js';
import { ownSplits, type Surroundings } from './own-splits.js';
import { type FolderReading, SPLITS, type Split, type SplitShares } from './sequence.js';
import { DEFAULT_SPLIT_SEED, DEFAULT_SPLIT_SHARES, saltOfSeed, splitAt } from './split.js';

/** How the files of a folder without splits of its own are shared out. */
export interface SplitOptions {
  /** Which split by a hash of the names; 0 if not given. */
  readonly splitSeed?: number;
  /** Only their proportions count; 80, 10, 10 if not given. */
  readonly splitShares?: SplitShares;
}

/** The files of each split, and what decided. */
export interface FolderSplits<File> {
  readonly splits: Readonly<Record<Split, readonly File[]>>;
  readonly splitBy: FolderReading['splitBy'];
}

/**
 * Shares out the files of a folder: as its own folders say where they are splits, else by a hash of the files' paths.
 *
 * @param fraction of a salt and a path: see `hashFraction`
 * @throws Failure if a split is empty, or as `ownSplits` does; Misuse where the folder says what the options say too
 */
export function splitFiles<File extends { readonly path: string }>(
  around: Surroundings,
  files: readonly File[],
  { splitSeed, splitShares }: SplitOptions,
  fraction: (salt: string, path: string) => number,
): FolderSplits<File> {
  const { folder } = around;
  const given = ownSplits(
    around,
    files.map(({ path }) => path),
  );
  if (given && (splitSeed ?? splitShares) !== undefined) {
    throw new Misuse(
      `${folder} has splits of its own; --split-seed and --split-shares are for folders without`,
    );
  }
  const by = { seed: splitSeed ?? DEFAULT_SPLIT_SEED, shares: splitShares ?? DEFAULT_SPLIT_SHARES };
  const salt = saltOfSeed(by.seed);
  const splits: Record<Split, File[]> = { train: [], valid: [], test: [] };
  for (const file of files)
    splits[given?.get(file.path) ?? splitAt(fraction(salt, file.path), by.shares)].push(file);
  const empty = SPLITS.find((split) => splits[split].length === 0);
  if (empty) throw new Failure(`${folder}: ${nothingIn(empty, files.length)}`);
  return { splits, splitBy: given ? 'folders' : by };
}

/** With fewer files, some splits are empty at most seeds if one has a tenth. */
const FEW_FILES = 20;

function nothingIn(split: Split, files: number): string {
  if (files < SPLITS.length)
    return `${files} ${files === 1 ? 'file is' : 'files are'} too few: train, valid and test need one each`;
  const shares = files < FEW_FILES ? ', with more even --split-shares such as 40,30,30' : '';
  return `by the hash of their names none of ${files} files falls to ${split}; sort them into folders train, valid and test inside, or try another --split-seed${shares}`;
}
