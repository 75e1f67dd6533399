import { countOf } from '../platform/format-number.js';
import { printable } from '../platform/printable.js';
import { groupRemarks } from './remarks.js';
import type { Dataset, FileRemark, FolderReading } from './sequence.js';

/** Of each kind of remark the first files are named, and of many kinds the first. */
const MOST_FILES = 3;
const MOST_KINDS = 5;

/**
 * What a data set leaves out: a line for each kind of remark, with a count and the first files; none if nothing.
 *
 * @param mostKinds how many kinds have a line of their own
 */
export function remarkLines(
  { remarks, folder }: Pick<Dataset, 'remarks'> & { folder?: Pick<FolderReading, 'broken'> },
  mostKinds = MOST_KINDS,
): string[] {
  const groups = groupRemarks(remarks);
  const lines = groups
    .slice(0, mostKinds)
    .map(({ what, files }) => [...named(files), printable(what)].join(': '));
  if (groups.length > mostKinds)
    lines.push(`${groups.length - mostKinds} more kinds; gru-bench datasets info lists them`);
  return [...brokenLines(folder?.broken ?? []), ...lines];
}

function brokenLines(broken: readonly FileRemark[]): string[] {
  if (broken.length === 0) return [];
  const first = broken.slice(0, MOST_FILES).map(({ file, what }) => `${file}: ${what}`);
  const rest = broken.length > MOST_FILES ? `; and ${countOf(broken.length - MOST_FILES)} more` : '';
  return [`${filesOf(broken.length)}, broken and skipped (${printable(first.join('; '))}${rest})`];
}

/** `2 files (a.mp3, b.mp3)`; a single file by its name alone; nothing for the whole data set. */
function named(files: readonly string[]): string[] {
  if (files.length <= 1) return files.map(printable);
  const rest = files.length > MOST_FILES ? ` and ${countOf(files.length - MOST_FILES)} more` : '';
  return [`${filesOf(files.length)} (${printable(files.slice(0, MOST_FILES).join(', '))}${rest})`];
}

function filesOf(count: number): string {
  return `${countOf(count)} ${count === 1 ? 'file' : 'files'}`;
}

/** Who decided which file belongs to which split; nothing where no folder was read. */
export function splitText({ folder }: Pick<Dataset, 'folder'>): string | undefined {
  if (!folder) return undefined;
  if (folder.splitBy === 'folders') return 'as the folders say';
  const { seed, shares } = folder.splitBy;
  return `by a hash of the names, seed ${seed}, shares ${shares.join(', ')}`;
}
