import { createHash } from 'node:crypto';
import { z } from 'zod';
import { epochsOfSchedule } from '../training/learning-rate.js';
import { trainingSchema } from '../training/options.js';
import type { CompleteRequest } from '../training/request.js';

/** What decides the numbers of a data set's trials beside its plan: known once the data are loaded. */
export const basisSchema = z.strictObject({
  kind: z.enum(['music', 'speech']),
  /** SHA-256 of the sequences. */
  sequences: z.string().regex(/^[0-9a-f]{64}$/),
  /** By the unit, the family of kernels: see `kernelFamily`. */
  kernels: z.record(z.string(), z.string()),
});

export type Basis = z.infer<typeof basisSchema>;

/** All that decides a trial's numbers. */
export interface TrialContent {
  /** SHA-256, and how many of them where not all. */
  readonly sequences: string;
  /** The hash of its equations. */
  readonly unit: string;
  readonly hiddenSize: number;
  readonly request: CompleteRequest;
  readonly kernels: string;
}

/**
 * A short name for a trial's content: two trials of the same one have the same curve, but for measured time. The number
 * of epochs is no part of it, beyond what the learning rate's schedule takes of it: a run of more epochs begins as one
 * of fewer.
 *
 * @returns twelve hexadecimal digits
 */
export function identityOf({ request, ...content }: TrialContent): string {
  const { epochs, scheduleEpochs, ...training } = trainingSchema.strip().parse(request);
  const schedule = epochsOfSchedule({ ...training, epochs, scheduleEpochs });
  const fields = Object.entries({ ...content, ...training, scheduleEpochs: schedule });
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
}
