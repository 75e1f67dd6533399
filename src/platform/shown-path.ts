import { isAbsolute, relative } from 'node:path';

/** A path as messages show it: from the working folder where that is shorter. Other names stay as they are. */
export function shownPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const way = relative(process.cwd(), path);
  return way !== '' && way.length < path.length ? way : path;
}

/** Paths as the rows of a table show them: of each as many of its last parts as tell it from the others. */
export function lastParts(paths: readonly string[]): (path: string) => string {
  const all = [...new Set(paths.map(shownPath))].map(partsOf);
  const isAlone = (end: string) =>
    all.filter((parts) => `/${parts.join('/')}`.endsWith(`/${end}`)).length === 1;
  return (path) => {
    const parts = partsOf(shownPath(path));
    const ends = parts.map((_, i) => parts.slice(parts.length - 1 - i).join('/'));
    return ends.find(isAlone) ?? shownPath(path);
  };
}

const partsOf = (path: string) => path.split(/[/\\]/).filter((part) => part !== '');
