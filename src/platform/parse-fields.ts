import type { z } from 'zod';
import { Misuse } from './failure.js';
import { adviceOnName } from './nearest-name.js';

/**
 * Checks fields that a user gave.
 *
 * @param nameOf how the user knows a field, such as `--learning-rate`, for the message
 * @param hidden fields that no user is told of
 * @throws Misuse naming the field and what it has to be
 */
export function parseFields<Schema extends z.ZodObject>(
  schema: Schema,
  fields: Record<string, unknown>,
  nameOf: (field: string) => string = (field) => field,
  hidden: readonly string[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).filter((name) => !hidden.includes(name));
    const [key] = issue.keys;
    throw new Misuse(`${nameOf(key)}: no such option; ${adviceOnName(key, known)}`);
  }
  const [field] = issue.path.map(String);
  if (fields[field] === undefined) throw new Misuse(`${nameOf(field)} is missing`);
  throw new Misuse(`${nameOf(field)} ${String(fields[field])}: ${requirement(issue)}`);
}

/** What a field has to be, in words. */
export function requirement(issue: z.core.$ZodIssue): string {
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin === 'array')
    return `has to be a list of ${issue.code === 'too_small' ? issue.minimum : issue.maximum}`;
  if (issue.code === 'too_small')
    return `has to be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'too_big')
    return `has to be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  if (issue.code === 'invalid_value') return `has to be one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type') {
    const names: Record<string, string> = {
      int: 'a whole number',
      array: 'a list',
      object: 'a set of fields',
    };
    return `has to be ${names[issue.expected] ?? `a ${issue.expected}`}`;
  }
  return issue.message;
}
