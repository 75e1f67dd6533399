import type { Dataset, FileRemark, Remark } from './sequence.js';

/** What is to be known of data by those who only see what was computed on them. */
export interface DataRemarks {
  readonly remarks: readonly Remark[];
  /** Files that could not be read and were skipped on request; absent where the data are no folder. */
  readonly broken?: readonly FileRemark[];
}

export function remarksOf({ remarks, folder }: Pick<Dataset, 'remarks' | 'folder'>): DataRemarks {
  return { remarks, ...(folder && { broken: folder.broken }) };
}

/** Remarks that say the same of several files. */
export interface RemarkGroup {
  /** Where they count something, with the sum of their numbers. */
  readonly what: string;
  /** None where it is said of the whole data set. */
  readonly files: readonly string[];
}

/** A phrase that ends with a number of its own, such as `notes that never end are left out: 2`. */
const COUNTED = /^(.*): (\d+)$/;

/** Remarks by what they say: those on the whole data set, then those of the most files. */
export function groupRemarks(remarks: readonly Remark[]): RemarkGroup[] {
  const groups = new Map<string, { files: string[]; count?: number }>();
  for (const { file, what } of remarks) {
    const [, phrase = what, number] = COUNTED.exec(what) ?? [];
    const group = groups.get(phrase) ?? { files: [] };
    if (file !== undefined) group.files.push(file);
    if (number !== undefined) group.count = (group.count ?? 0) + Number(number);
    groups.set(phrase, group);
  }
  const isOnWhole = ({ files }: RemarkGroup) => Number(files.length === 0);
  return [...groups]
    .map(([what, { files, count }]) => ({ what: count === undefined ? what : `${what}: ${count}`, files }))
    .sort((a, b) => isOnWhole(b) - isOnWhole(a) || b.files.length - a.files.length);
}
