import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './folders.js';

/** The style that all pages begin with, as CSS. */
export function pageStyle(): string {
  return readFileSync(join(PACKAGE_ROOT, 'src', 'platform', 'page.css'), 'utf8');
}
