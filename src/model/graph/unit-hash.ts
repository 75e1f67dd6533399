import { createHash } from 'node:crypto';
import type { Unit } from './define-unit.js';
import { canonicalText } from './equations.js';

/** SHA-256 of the canonical text, hexadecimal. */
export function unitHash(unit: Unit): string {
  return createHash('sha256').update(canonicalText(unit)).digest('hex');
}
