/** How files of each kind of data end, in small letters. */
export const EXTENSIONS = { music: ['.mid', '.midi'], speech: ['.wav'] } as const;

/** @param extensions in small letters; the path's may be in any */
export function hasExtension(path: string, extensions: readonly string[]): boolean {
  const [, extension = ''] = /[^/](\.[^./]*)$/.exec(path) ?? [];
  return extensions.includes(extension.toLowerCase());
}

/** What is said of a file that is not of the kind that is read. */
export function isNoFile(extensions: readonly string[]): string {
  return `not a ${extensions.join(' or ')} file`;
}

/** Whether a name of a path begins with a dot, as the `._a.wav` that another system keeps beside `a.wav`. */
export function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.'));
}

/** What is said of such a file. */
export const HIDDEN = 'a name that begins with a dot';
