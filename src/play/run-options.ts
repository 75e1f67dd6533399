import { z } from 'zod';
import { parseFields } from '../platform/parse-fields.js';
import { DEFAULTS_BY_KIND, type TrainingOptions, trainingSchema } from '../training/options.js';
import type { RunFields } from './messages.js';

/** What a browser's memory has room for, beside the page. */
const LARGEST_HIDDEN_SIZE = 1024;

const schema = trainingSchema.extend({ hidden: z.int().min(1).max(LARGEST_HIDDEN_SIZE).optional() });

/** How the page calls its fields. */
const LABELS: Readonly<Record<string, string>> = {
  hidden: 'Hidden units',
  epochs: 'Epochs',
  learningRate: 'Learning rate',
  seed: 'Seed',
};

/**
 * The protocol that a run follows: the command line's for music, but for the fields that the user set.
 *
 * @throws Misuse naming the field that is out of its range
 */
export function runOptions({ unit: _, ...fields }: RunFields): { hidden?: number; options: TrainingOptions } {
  const all = { ...DEFAULTS_BY_KIND.music, ...fields };
  const { hidden, ...options } = parseFields(schema, all, (field) => LABELS[field] ?? field);
  return { hidden, options };
}
