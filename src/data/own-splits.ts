import { Failure } from '../platform/failure.js';
import { SPLITS, type Split } from './sequence.js';
import { areApart, type Role, roleOfFolder, rolesInName, rolesOfAbbreviations } from './split-words.js';

/** A folder whose name says what its files are for. */
interface SplitFolder {
  /** Relative to the data set's folder. */
  readonly path: string;
  readonly role: Role;
  /** Whether it is spelt as splits are. */
  readonly isTaken: boolean;
}

/** What lies around the data of a folder. */
export interface Surroundings {
  /** As messages name the folder. */
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
export function ownSplits(around: Surroundings, files: readonly string[]): Map<string, Split> | undefined {
  const named = new Map(files.map((path) => [path, splitFoldersOf(path)]));
  if (files.every((path) => named.get(path)?.length === 0)) {
    refuseOtherHints(around, files);
    return undefined;
  }
  const outermost = new Map<string, SplitFolder>();
  for (const [path, folders] of named) {
    refuseTwoRoles(around.folder, path, folders);
    refuseHeldOutInTrain(around.folder, path, folders[0]);
    if (folders.length > 0) outermost.set(path, folders[0]);
  }
  const splitFolders = [...new Map([...outermost.values()].map((one) => [one.path, one])).values()];
  refuseUntaken(around.folder, splitFolders);
  refuseRivals(around.folder, splitFolders);
  refuseMissing(around, splitFolders);
  const outside = files.find((path) => !outermost.has(path));
  if (outside !== undefined) {
    const names = firstOfEach(splitFolders);
    throw new Failure(
      `${around.folder}: ${outside} lies outside of ${names.slice(0, 2).join(', ')} and ${names[2]}; move it into one of them`,
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
  return foldersOf(path).flatMap((folder) => {
    const found = roleOfFolder(lastOf(folder));
    return found ? [{ ...found, path: folder }] : [];
  });
}

function refuseTwoRoles(folder: string, path: string, folders: readonly SplitFolder[]): void {
  const [first] = folders;
  const other = folders.find(({ role }) => areApart(first?.role, role));
  if (other)
    throw new Failure(
      `${folder}: ${path} lies both in ${first.path} and in ${other.path}; name the folder that holds the splits, or rename the one that is none`,
    );
}

/** As `train/dev-clean`. */
function refuseHeldOutInTrain(folder: string, path: string, outermost: SplitFolder | undefined): void {
  if (outermost?.role !== 'train') return;
  const inside = foldersOf(path).find(
    (one) => one.startsWith(`${outermost.path}/`) && isHeldOut(rolesInName(lastOf(one))),
  );
  if (inside)
    throw new Failure(
      `${folder}: ${inside} may be kept from training, by its name, but lies in ${outermost.path}; move it out, or rename it if it is trained on`,
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

function refuseMissing({ folder, folders }: Surroundings, splitFolders: readonly SplitFolder[]): void {
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

/** Of this many files one at least names a role where that is more than the chance of a title. */
const RARE = 50;

/**
 * Where no folder is a split by its name: words in the names of folders (`train-clean-100`, `testA`), of files
 * (`bach_train_1.wav`) and of lists (`testing_list.txt`). A folder that speaks of files kept from training is enough;
 * of anything else one alone may be chance, as `Soul Train` is.
 */
function refuseOtherHints({ folder, others }: Surroundings, files: readonly string[]): void {
  const folders = [...new Set(files.flatMap(foldersOf))];
  const hints = [...hintsOfFolders(folders), ...hintsOfFiles(files), ...hintsOfLists(others)];
  const pair = pairApart(hints);
  if (pair)
    throw new Failure(
      `${folder}: ${pair.join(' and ')} may belong to splits; sort the files into folders train, valid and test, or rename these if they are none`,
    );
  const heldOut = folders.find((path) => isHeldOut(rolesInName(lastOf(path))));
  if (heldOut !== undefined)
    throw new Failure(
      `${folder}: ${heldOut} may be kept from training, by its name; sort the files into folders train, valid and test, or rename it if it is no split`,
    );
}

/** A path, and the roles of which its last name speaks. */
type Hint = readonly [path: string, roles: readonly Role[]];

/** The first two paths that speak of two roles. */
function pairApart(hints: readonly Hint[]): [string, string] | undefined {
  // Two paths of each role are enough: one of them is none of the other role's.
  const pathsOf = new Map<Role, string[]>();
  for (const [path, roles] of hints) {
    for (const role of roles) {
      const paths = pathsOf.get(role) ?? [];
      if (paths.length < 2 && paths[0] !== path) pathsOf.set(role, [...paths, path]);
    }
  }
  const all = [...pathsOf].flatMap(([role, paths]) => paths.map((path) => ({ role, path })));
  for (const a of all) {
    const b = all.find(({ role, path }) => role !== a.role && path !== a.path);
    if (b) return [a.path, b.path];
  }
  return undefined;
}

function hintsOfFolders(folders: readonly string[]): Hint[] {
  const siblingsIn = new Map<string | undefined, string[]>();
  for (const path of folders) {
    const parent = foldersOf(path).at(-1);
    const siblings = siblingsIn.get(parent);
    if (siblings) siblings.push(path);
    else siblingsIn.set(parent, [path]);
  }
  return [...siblingsIn.values()].flatMap((siblings) => {
    const abbreviations = rolesOfAbbreviations(siblings.map(lastOf));
    return siblings.flatMap((path): Hint[] => {
      const abbreviated = abbreviations.get(lastOf(path));
      const roles = abbreviated ? [abbreviated] : rolesInName(lastOf(path));
      return roles.length > 0 ? [[path, roles]] : [];
    });
  });
}

/** A file that is called `test.mid` and no more is a trial, not a split. */
function hintsOfFiles(files: readonly string[]): Hint[] {
  const hints = files.flatMap((path): Hint[] => {
    const stem = lastOf(path).replace(/\.[^.]*$/, '');
    const roles = roleOfFolder(stem)?.isTaken ? [] : rolesInName(stem);
    return roles.length > 0 ? [[path, roles]] : [];
  });
  return hints.length * RARE >= files.length ? hints : [];
}

function hintsOfLists(others: readonly string[]): Hint[] {
  return others.flatMap((path): Hint[] => {
    const list = /([^/]+)\.(txt|csv|tsv|json|lst|list|scp)$/i.exec(path);
    const roles = list ? rolesInName(list[1]) : [];
    return roles.length > 0 ? [[path, roles]] : [];
  });
}

function isHeldOut(roles: readonly Role[]): boolean {
  return roles.length > 0 && !roles.includes('train');
}

/** The folders around a path, from the outermost to the innermost. */
export function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, depth) => names.slice(0, depth + 1).join('/'));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
