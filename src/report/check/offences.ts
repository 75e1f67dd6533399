import { plural } from '../../platform/format-number.js';
import { listText } from '../text.js';
import { type Offences, offencesOf } from './consequences.js';
import { checkVerdictOf, type Held, titleOf } from './held.js';

/** Faults and reasons that one line names; the report has them all. */
const NAMED = 4;

/** What does not hold, in one line: of each check the first fault, then what follows. Empty where all holds. */
export function offences(all: readonly Held[]): string {
  const found = offencesOf(all);
  const causes = listed(
    found.causes.map((held) => {
      const [{ file, text }] = held.faults;
      const others = held.faults.length > 1 ? ` (and ${held.faults.length - 1} more)` : '';
      const where = held.dataset === undefined && file !== held.file ? `${file}: ` : '';
      return `${titleOf(held)}: ${where}${text}${others}`;
    }),
  );
  return [causes, consequencesText(found)].filter((text) => text !== '').join('; ');
}

/** What follows from wrong files, in one line. Empty where nothing does. */
export function consequencesText({ consequences, sources }: Offences): string {
  if (consequences.length === 0) return '';
  // Of files in folders the folder.
  const names = (files: readonly string[]) =>
    listText([...new Set(files.map((file) => file.replace(/\/.*/, '/')))]);
  const files = names(consequences.map(({ file }) => file));
  const places = plural(consequences.length, 'place');
  return `what hangs on ${names(sources)} differs too: ${files} (${places}, all in --json)`;
}

/** What could not be checked, in one line, by reason. Empty where all could be. */
export function unmade(all: readonly Held[]): string {
  return listed(unmadeByReason(all).map(({ what, reason }) => `${what} (${reason})`));
}

/** What could not be checked, and why: `demo-music, data and 7 more`. */
export function unmadeByReason(all: readonly Held[]): { what: string; reason: string }[] {
  const reasons = new Map<string, Held[]>();
  for (const held of all)
    if (checkVerdictOf(held) === 'not checked' && held.unchecked !== undefined)
      reasons.set(held.unchecked, [...(reasons.get(held.unchecked) ?? []), held]);
  return [...reasons].map(([reason, held]) => {
    const others = held.length > 1 ? ` and ${held.length - 1} more` : '';
    return { what: `${titleOf(held[0])}${others}`, reason };
  });
}

/** The first few of a list, and how many more there are. */
export function listed(parts: readonly string[]): string {
  const others = parts.length - NAMED;
  return [...parts.slice(0, NAMED), ...(others > 0 ? [`and ${others} more`] : [])].join('; ');
}
