import { rmSync } from 'node:fs';

/** Removes a file that is of no use any more, if it is there and can be removed. */
export function removeLeftOver(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whatever failed before this is the reason to tell; a left-over harms nothing.
  }
}
