import { distance } from 'fastest-levenshtein';

/** A name is meant for another if so many letters differ at most. */
const LIKELY_TYPING_ERRORS = 3;

/** The one of `names` that differs in the fewest letters, if those are few enough for an error of typing. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((one) => ({ one, letters: distance(name.toLowerCase(), one) }))
    .sort((a, b) => a.letters - b.letters);
  return ranked[0] && ranked[0].letters <= LIKELY_TYPING_ERRORS ? ranked[0].one : undefined;
}
