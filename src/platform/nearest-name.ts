import { distance } from 'fastest-levenshtein';

/** A name is meant for another if so many letters differ at most, and no more than half of them. */
const LIKELY_TYPING_ERRORS = 3;

/** A beginning of a name, and of no other, is meant for it if it has so many letters. */
const TELLING_LETTERS = 3;

/**
 * The one of `names` that differs in the fewest letters, if those are few enough for an error of typing; else the only
 * one that begins so.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((one) => ({ one, letters: distance(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters);
  const most = Math.min(LIKELY_TYPING_ERRORS, Math.ceil(name.length / 2));
  if (ranked[0] && ranked[0].letters <= most) return ranked[0].one;
  const longer = names.filter((one) => one.toLowerCase().startsWith(name.toLowerCase()));
  return name.length >= TELLING_LETTERS && longer.length === 1 ? longer[0] : undefined;
}

/**
 * What to write in place of a name that is none, as all messages say it.
 *
 * @param known all names that there are; told where none of them is near
 * @param otherwise told instead of `known`
 */
export function adviceOnName(
  name: string,
  known: readonly string[],
  otherwise = `there are ${known.join(', ')}`,
): string {
  const near = nearestName(name, known);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

/** The near name as a clause to end a message with; empty where there is none. */
export const guessText = (near: string | undefined): string =>
  near === undefined ? '' : `; did you mean ${near}?`;
