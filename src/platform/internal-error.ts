import type { z } from 'zod';
import { requirement } from './parse-fields.js';
import { printable } from './printable.js';

/**
 * An error that no `Failure` foresaw, as one line: the first one of its message; where a schema refuses something,
 * whose message is a list over many lines, the field and what it has to be.
 */
export function internalErrorText(error: unknown): string {
  const [issue] = issuesOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const text = issue ? `${issue.path.join('.') || 'a value'} ${requirement(issue)}` : message.split('\n')[0];
  return `internal error: ${printable(text)}`;
}

/** What a schema has to say of what it refuses; nothing where the error is another. */
function issuesOf(error: unknown): readonly z.core.$ZodIssue[] {
  if (!(error instanceof Error && error.name === 'ZodError' && 'issues' in error)) return [];
  return error.issues as readonly z.core.$ZodIssue[];
}
