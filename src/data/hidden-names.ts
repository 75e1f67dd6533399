/** @param extensions in small letters; the path's may be in any */
export function hasExtension(path: string, extensions: readonly string[]): boolean {
  const [, extension = ''] = /[^/](\.[^./]*)$/.exec(path) ?? [];
  return extensions.includes(extension.toLowerCase());
}

/** Whether a name of a path begins with a dot, as the `._a.wav` that another system keeps beside `a.wav`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.'));
}

/** What is said of such a file. */
export const HIDDEN = 'a name that begins with a dot';
