import { Failure } from '../../platform/failure.js';
import type { NllColumn } from '../../training/curve-row.js';

/** What the numbers of a file are held to. */
export type CheckName =
  /** Of a file that cannot be read. */
  | 'format'
  /** Other files: seconds, and no data needed. */
  | 'the plan'
  | 'curves'
  | 'schedule'
  | 'second evaluation'
  | 'reported NLLs'
  | 'made again'
  | 'as written'
  /** The data, and what the models compute on them. */
  | 'data'
  | 'best parameters'
  | 'test sequences'
  | 'short run'
  | 'pieces';

/** A number, or another word, that does not hold. */
export interface Fault {
  /** Path in the results' folder. */
  readonly file: string;
  /** The place and what is wrong there, such as `line 14, test_nll is 3.5 instead of 3.6`. */
  readonly text: string;
}

/** An NLL of the results, and the same one now. */
export interface Comparison {
  readonly average: NllColumn;
  readonly reported: number;
  readonly found: number;
  /** What they may differ by, nats. */
  readonly tolerance: number;
  readonly holds: boolean;
}

/** Something that was held, or could not be. */
export interface Held {
  /** Path in the results' folder of the file whose numbers are held; of a folder, with a slash at its end. */
  readonly file: string;
  readonly check: CheckName;
  /** Where it is about one data set, one unit, one seed. */
  readonly dataset?: string;
  readonly unit?: string;
  readonly seed?: number;
  /** How many numbers were held. */
  readonly numbers: number;
  readonly faults: readonly Fault[];
  /** Of models: their NLLs. */
  readonly comparisons: readonly Comparison[];
  /** Why it could not be checked. */
  readonly unchecked?: string;
  /** What there is to know of it besides, in lines. */
  readonly note?: string;
}

/** What came of a check. */
export type CheckVerdict = 'holds' | 'does not hold' | 'not checked';

export function checkVerdictOf({ faults, unchecked }: Held): CheckVerdict {
  if (faults.length > 0) return 'does not hold';
  return unchecked === undefined ? 'holds' : 'not checked';
}

/** `nottingham gru, best parameters` or `results.csv, the plan`. */
export function titleOf({ file, dataset, unit, seed, check }: Held): string {
  const who = dataset === undefined ? file : [dataset, unit].filter(Boolean).join(' ');
  return [who, seed === undefined ? '' : `seed ${seed}`, check].filter(Boolean).join(', ');
}

/** A check that cannot be made here: its data are missing, or rounding decides. Any other failure does not hold. */
export class NotChecked extends Failure {
  override readonly name = 'NotChecked';
}

/** Where a number stands in a table. */
export interface Place {
  readonly file: string;
  /** From 1; the first names the columns. */
  readonly line: number;
  readonly column: string;
}

/** Places whose numbers something independent holds. */
export type HeldPlaces = Set<string>;

export const placeKey = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

/** Counts what a check holds, and gathers what does not. */
export interface Tally {
  /** Holds a number or a word to the one that it has to be; a test NLL that is NaN has to be NaN. */
  same(place: Place, stated: unknown, expected: unknown): void;
  /** Holds a number to a rule. @param rule what it would have to be, in words */
  rule(place: Place, stated: unknown, isKept: boolean, rule: string): void;
  /** Numbers that are held in another way, at no place of a table. */
  count(more: number): void;
  fault(file: string, text: string): void;
  result(): Pick<Held, 'numbers' | 'faults' | 'comparisons'>;
}

/** @param places what is held is added to them */
export function tally(places: HeldPlaces): Tally {
  const faults: Fault[] = [];
  let numbers = 0;
  const fault = (file: string, text: string) => {
    faults.push({ file, text });
  };
  const rule = (place: Place, stated: unknown, isKept: boolean, words: string) => {
    numbers += 1;
    places.add(placeKey(place));
    if (!isKept)
      fault(place.file, `line ${place.line}, ${place.column} is ${shown(stated)} instead of ${words}`);
  };
  return {
    fault,
    rule,
    count: (more) => {
      numbers += more;
    },
    same: (place, stated, expected) =>
      rule(place, stated, stated === expected || Object.is(stated, expected), shown(expected)),
    result: () => ({ numbers, faults, comparisons: [] }),
  };
}

function shown(value: unknown): string {
  return value === null || value === '' ? 'nothing' : String(value);
}
