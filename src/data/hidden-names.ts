/** Whether a name of a path begins with a dot, as the `._a.wav` that another system keeps beside `a.wav`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.'));
}

/** What is said of such a file. */
export const HIDDEN = 'a name that begins with a dot';
