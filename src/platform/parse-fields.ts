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
  const issue = issueToTell(issues);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).filter((name) => !hidden.includes(name));
    const [key] = issue.keys;
    throw new Misuse(`${nameOf(key)}: no such option; ${adviceOnName(key, known)}`);
  }
  const [field] = issue.path.map(String);
  if (fields[field] === undefined) throw new Misuse(`${nameOf(field)} is missing`);
  throw new Misuse(`${nameOf(field)} ${shownValue(fields[field], issue)}: ${requirement(issue)}`);
}

/** The issue that helps most: a field that does not exist, and rather a number's own range than what a float64 counts. */
export function issueToTell(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const isOfFloats = (issue: z.core.$ZodIssue) => issue.code === 'too_big' && issue.origin === 'int';
  return (
    issues.find(({ code }) => code === 'unrecognized_keys') ??
    issues.find((issue) => !isOfFloats(issue)) ??
    issues[0]
  );
}

/** A value as a message quotes it: in quotes where it would look like nothing, or like the number it has to be. */
export function shownValue(value: unknown, issue?: z.core.$ZodIssue): string {
  const isNumberAsText = issue?.code === 'invalid_type' && !Number.isNaN(Number(value));
  return typeof value === 'string' && (value.trim() === '' || isNumberAsText)
    ? JSON.stringify(value)
    : String(value);
}

/** What a field has to be, in words. */
export function requirement(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.minimum === 1 && ['array', 'string'].includes(issue.origin))
    return 'must not be empty';
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
      record: 'a set of fields',
    };
    return `has to be ${names[issue.expected] ?? `a ${issue.expected}`}`;
  }
  return issue.message;
}
