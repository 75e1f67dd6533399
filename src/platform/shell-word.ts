/** A text as one word of a POSIX shell's command line: as it is where that is safe, else between quotes. */
export function shellWord(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
