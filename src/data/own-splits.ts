import { Failure } from '../platform/failure.js';
import { SPLITS, type Split } from './sequence.js';

/** Folders that are taken as splits, in any case of letters. */
const SPLIT_FOLDERS: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  valid: ['valid', 'validation', 'val', 'dev'],
  test: ['test', 'testing'],
};

/** What a name may say of the files below it. */
export type Role = Split | 'held out';

/** Words that name a split, or files that are kept from training. */
const WORDS: Readonly<Record<Role, readonly string[]>> = {
  ...SPLIT_FOLDERS,
  valid: [...SPLIT_FOLDERS.valid, 'development'],
  'held out': ['eval', 'evaluation', 'heldout', 'holdout'],
};
const ROLES = Object.keys(WORDS) as Role[];

/** A folder whose name says what its files are for. */
interface SplitFolder {
  /** Relative to the data set's folder. */
  readonly path: string;
  readonly role: Role;
  /** Whether it is spelt as splits are. */
  readonly isTaken: boolean;
}

/** Where the data lie. */
export interface Place {
  /** As messages name it. */
  readonly folder: string;
  /** All folders below it, with or without data. */
  readonly folders: readonly string[];
  /** The files below it that are no data. */
  readonly others: readonly string[];
}

/**
 * The split that each file lies in where the folders say so: train, valid and test (or training; validation, val,
 * dev; testing), at any depth that is the same for all, such as `train/`, `wav/train/` or `COMPOSER/train/`.
 *
 * @param files paths relative to the data set's folder
 * @returns nothing where no name speaks of splits
 * @throws Failure where names speak of splits that cannot be taken, since files that are held out would be trained
 *   on; it says what to do
 */
export function ownSplits(place: Place, files: readonly string[]): Map<string, Split> | undefined {
  const named = new Map(files.map((path) => [path, splitFoldersOf(path)]));
  if (files.every((path) => named.get(path)?.length === 0)) {
    refuseOtherHints(place, files);
    return undefined;
  }
  const outermost = new Map<string, SplitFolder>();
  for (const [path, folders] of named) {
    refuseTwoRoles(place.folder, path, folders);
    if (folders.length > 0) outermost.set(path, folders[0]);
  }
  const splitFolders = [...new Map([...outermost.values()].map((one) => [one.path, one])).values()];
  refuseUntaken(place.folder, splitFolders);
  refuseRivals(place.folder, splitFolders);
  refuseMissing(place, splitFolders);
  const outside = files.find((path) => !outermost.has(path));
  if (outside !== undefined) {
    const names = firstOfEach(splitFolders);
    throw new Failure(
      `${place.folder}: ${outside} lies outside of ${names.slice(0, 2).join(', ')} and ${names[2]}; move it into one of them`,
    );
  }
  return new Map([...outermost].map(([path, { role }]) => [path, role as Split]));
}

/** What the outermost folder that is named as a split says of a file. */
export function roleOfPath(path: string): Role | undefined {
  return splitFoldersOf(path)[0]?.role;
}

/** From the outermost to the innermost. */
function splitFoldersOf(path: string): SplitFolder[] {
  const names = path.split('/').slice(0, -1);
  return names.flatMap((name, depth) => {
    const found = roleOfName(name);
    return found ? [{ ...found, path: names.slice(0, depth + 1).join('/') }] : [];
  });
}

/** Such as `Train`, `val` (taken), or `test_set`, `held-out`, `dev2` (not taken). */
function roleOfName(name: string): Pick<SplitFolder, 'role' | 'isTaken'> | undefined {
  const lower = name.toLowerCase();
  const taken = SPLITS.find((split) => SPLIT_FOLDERS[split].includes(lower));
  if (taken) return { role: taken, isTaken: true };
  const word = lower.replace(/[-_. ]/g, '').replace(/(set|data|split|files)?\d*$/, '');
  const role = ROLES.find((one) => WORDS[one].includes(word));
  return role && { role, isTaken: false };
}

/** Whether no file can be both: train beside anything else, and valid beside test; held out are both of these. */
export function areApart(a: Role | undefined, b: Role | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return false;
  return a === 'train' || b === 'train' || (a !== 'held out' && b !== 'held out');
}

function refuseTwoRoles(folder: string, path: string, folders: readonly SplitFolder[]): void {
  const [first] = folders;
  const other = folders.find(({ role }) => areApart(first?.role, role));
  if (other)
    throw new Failure(
      `${folder}: ${path} lies both in ${first.path} and in ${other.path}; name the folder that holds the splits, or rename the one that is none`,
    );
}

function refuseUntaken(folder: string, splitFolders: readonly SplitFolder[]): void {
  const untaken = splitFolders.find(({ isTaken }) => !isTaken);
  if (untaken)
    throw new Failure(
      `${folder}: ${untaken.path} may be a split but has not the name of one; name the splits train, valid and test, or rename it if it is none`,
    );
}

/** Splits that are not one set: `val` beside `dev`, `old/train` beside `train`, one fold beside another. */
function refuseRivals(folder: string, splitFolders: readonly SplitFolder[]): void {
  const [first] = splitFolders;
  const depth = ({ path }: SplitFolder) => path.split('/').length;
  const seen = new Map<string, SplitFolder>();
  for (const one of splitFolders) {
    if (depth(first) !== depth(one))
      throw new Failure(
        `${folder}: ${first.path} and ${one.path} do not lie side by side, as splits do; name the folder that holds the right ones, or rename the others`,
      );
    const above = one.path.split('/').slice(0, -1).join('/');
    const key = `${one.role} in ${/(^|\/)(fold|split|cv)[-_ ]?\d+$/i.test(above) ? '/fold' : above}`;
    const rival = seen.get(key);
    if (rival)
      throw new Failure(
        `${folder}: ${rival.path} and ${one.path} could both be the split ${one.role}; keep one of the two, or name the folder of one set of splits`,
      );
    seen.set(key, one);
  }
}

function firstOfEach(splitFolders: readonly SplitFolder[]): string[] {
  return SPLITS.flatMap((split) => splitFolders.find(({ role }) => role === split)?.path ?? []);
}

function refuseMissing({ folder, folders }: Place, splitFolders: readonly SplitFolder[]): void {
  const missing = SPLITS.filter((split) => splitFolders.every(({ role }) => role !== split));
  if (missing.length === 0) return;
  const empty = folders
    .flatMap((path) => splitFoldersOf(`${path}/`)[0] ?? [])
    .find(({ role }) => missing.some((split) => split === role));
  if (empty) throw new Failure(`${folder}: no file in ${empty.path} that is of the others' kind`);
  const has = firstOfEach(splitFolders);
  throw new Failure(
    `${folder}: has ${has.join(', ')} but not ${missing.join(', ')}; all three or none are needed: make what is missing, or rename what is no split`,
  );
}

/**
 * Where no folder is named as a split: names of folders that begin or end in such a word, as `train-clean-100` and
 * `dev-clean`; of files that begin in one and go on with a number, as `train_01.wav`; and of lists, as
 * `testing_list.txt`. One alone may be chance.
 */
function refuseOtherHints({ folder, others }: Place, files: readonly string[]): void {
  const hints = new Map<Role, string>();
  const note = (role: Role | undefined, path: string) => {
    if (role && !hints.has(role)) hints.set(role, path);
  };
  for (const path of files) {
    const names = path.split('/');
    const file = names.pop() as string;
    for (const [depth, name] of names.entries()) note(roleOfEnds(name), names.slice(0, depth + 1).join('/'));
    note(roleOfWord(/^([a-z]+)[-_ ]?\d/i.exec(file)?.[1]), path);
  }
  for (const path of others) {
    const list = /([^/]+)\.(txt|csv|tsv|json|lst|list|scp)$/i.exec(path);
    if (list) note(roleOfEnds(list[1]), path);
  }
  const [first, second] = hints.values();
  if (second !== undefined)
    throw new Failure(
      `${folder}: ${first} and ${second} may belong to splits; sort the files into folders train, valid and test, or rename these if they are none`,
    );
}

function roleOfEnds(name: string): Role | undefined {
  const words = name.split(/[^a-z]+/i).filter(Boolean);
  return roleOfWord(words[0]) ?? roleOfWord(words.at(-1));
}

function roleOfWord(word: string | undefined): Role | undefined {
  return ROLES.find((role) => word !== undefined && WORDS[role].includes(word.toLowerCase()));
}
