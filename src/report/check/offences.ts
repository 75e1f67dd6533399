import { type Held, titleOf, verdictOf } from './held.js';

/** Faults and reasons that one line names; the report has them all. */
const NAMED = 4;

/** What does not hold, in one line: of each check the first fault. Empty where all holds. */
export function offences(all: readonly Held[]): string {
  const wrong = all.filter(({ faults }) => faults.length > 0);
  return listed(
    wrong.map((held) => {
      const [{ file, text }] = held.faults;
      const others = held.faults.length > 1 ? ` (and ${held.faults.length - 1} more)` : '';
      const where = held.dataset === undefined && file !== held.file ? `${file}: ` : '';
      return `${titleOf(held)}: ${where}${text}${others}`;
    }),
  );
}

/** What could not be checked, in one line, by reason. Empty where all could be. */
export function unmade(all: readonly Held[]): string {
  const reasons = new Map<string, Held[]>();
  for (const held of all)
    if (verdictOf(held) === 'not checked' && held.unchecked !== undefined)
      reasons.set(held.unchecked, [...(reasons.get(held.unchecked) ?? []), held]);
  return listed(
    [...reasons].map(([reason, held]) => {
      const others = held.length > 1 ? ` and ${held.length - 1} more` : '';
      return `${titleOf(held[0])}${others} (${reason})`;
    }),
  );
}

/** The first few of a list, and how many more there are. */
export function listed(parts: readonly string[]): string {
  const others = parts.length - NAMED;
  return [...parts.slice(0, NAMED), ...(others > 0 ? [`and ${others} more`] : [])].join('; ');
}
