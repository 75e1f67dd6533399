import { SPLITS, type Split } from './sequence.js';

/** Folders that are taken as splits, in any case of letters. */
const SPLIT_FOLDERS: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  valid: ['valid', 'validation', 'val', 'dev'],
  test: ['test', 'testing'],
};

/** What a name may say of a file, or of the files below it. */
export type Role = Split | 'held out';

/** Words that name a split, or files that are kept from training. */
const WORDS: Readonly<Record<Role, readonly string[]>> = {
  train: [...SPLIT_FOLDERS.train, 'trn'],
  valid: [...SPLIT_FOLDERS.valid, 'development'],
  test: [...SPLIT_FOLDERS.test, 'tst'],
  'held out': ['eval', 'evaluation', 'heldout', 'holdout'],
};
const ROLES = Object.keys(WORDS) as Role[];

/** Folders of speech corpora; each alone is as well a language (Turkish, Chuvash, Tatar) or a person's initials. */
const ABBREVIATIONS: Readonly<Record<Split, readonly string[]>> = {
  train: ['tr'],
  valid: ['cv', 'dt', 'vl'],
  test: ['tt', 'ts', 'te', 'et'],
};

/** Such as `Train`, `val` (taken as splits), or `test_set`, `held-out`, `dev2` (not taken). */
export function roleOfFolder(name: string): { role: Role; isTaken: boolean } | undefined {
  const lower = name.toLowerCase();
  const taken = SPLITS.find((split) => SPLIT_FOLDERS[split].includes(lower));
  if (taken) return { role: taken, isTaken: true };
  const role = roleOfWord(lower.replace(/[-_. ]/g, '').replace(/\d+$/, ''));
  return role && { role, isTaken: false };
}

/**
 * The roles of which a word of the name speaks, such as test of `test-clean`, `bach_test_1`, `testA`, `myTestSet`;
 * none of `contest`. Words end at what is no letter and at a change of case.
 */
export function rolesInName(name: string): Role[] {
  const words = name
    .normalize('NFC')
    .split(/[^\p{L}\p{M}]+|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
  const pairs = words.slice(1).map((word, i) => words[i] + word);
  const heldOut = pairs.filter((pair) => roleOfWord(pair) === 'held out');
  return [...new Set([...words, ...heldOut].flatMap((word) => roleOfWord(word) ?? []))];
}

/** Of names side by side that are all abbreviations of splits, such as `tr`, `cv` and `tt`, what each stands for. */
export function rolesOfAbbreviations(names: readonly string[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const name of names) {
    const role = SPLITS.find((split) => ABBREVIATIONS[split].includes(name.toLowerCase()));
    if (!role) return new Map();
    roles.set(name, role);
  }
  return roles;
}

/** In small letters; with or without what such words end in. */
function roleOfWord(word: string): Role | undefined {
  const stem = word.replace(/(set|data|split|files)$/, '');
  return ROLES.find((role) => WORDS[role].includes(stem));
}

/** Whether no file can be both: train beside anything else, and valid beside test; held out are both of these. */
export function areApart(a: Role | undefined, b: Role | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return false;
  return a === 'train' || b === 'train' || (a !== 'held out' && b !== 'held out');
}
