import type { Remark } from './sequence.js';

/** Remarks that say the same of several files. */
export interface RemarkGroup {
  readonly what: string;
  readonly files: readonly string[];
}

/** Remarks by what they say, those of the most files first. */
export function groupRemarks(remarks: readonly Remark[]): RemarkGroup[] {
  const groups = new Map<string, string[]>();
  for (const { file, what } of remarks) {
    const files = groups.get(what);
    if (files) files.push(file);
    else groups.set(what, [file]);
  }
  return [...groups]
    .map(([what, files]) => ({ what, files }))
    .sort((a, b) => b.files.length - a.files.length);
}
