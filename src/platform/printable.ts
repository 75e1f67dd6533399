/** What breaks a line, steers a terminal or turns the direction of writing. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Text of files and users as one line that no terminal obeys: what is unprintable as JSON writes control characters. */
export function printable(text: string): string {
  return text.replace(
    new RegExp(UNPRINTABLE, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const QUOTED_CHARACTERS = 60;

/** A value of a user's program in a few words of one line: text as JSON has it, an object as what it is. */
export function quoted(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  const text = String(value);
  const start = text.slice(0, QUOTED_CHARACTERS);
  return (typeof value === 'string' ? JSON.stringify(start) : start) + (start === text ? '' : '…');
}
