import { type Remark, SPLITS, type Split, type SplitFiles } from './sequence.js';

/** Pairs of copies that a remark names. */
const MOST_NAMED = 3;

/**
 * A remark where files of one split are copies of files of another, byte for byte.
 *
 * @param contents SHA-256 of each file by its path
 */
export function copyRemarks(files: SplitFiles, contents: ReadonlyMap<string, string>): Remark[] {
  const first = new Map<string, { path: string; split: Split }>();
  const pairs: string[] = [];
  for (const split of SPLITS) {
    for (const path of files[split]) {
      const content = contents.get(path) as string;
      const other = first.get(content);
      if (!other) first.set(content, { path, split });
      else if (other.split !== split) pairs.push(`${path} as ${other.path}`);
    }
  }
  if (pairs.length === 0) return [];
  const have = pairs.length === 1 ? '1 file has' : `${pairs.length} files have`;
  const rest = pairs.length > MOST_NAMED ? `, and ${pairs.length - MOST_NAMED} more` : '';
  const named = pairs.slice(0, MOST_NAMED).join(', ');
  return [{ what: `${have} the same content as a file of another split: ${named}${rest}` }];
}
