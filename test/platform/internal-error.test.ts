import { expect, it } from 'vitest';
import { z } from 'zod';
import { internalErrorText } from '../../src/platform/internal-error.js';

const refusedBy = (schema: z.ZodType, value: unknown) => internalErrorText(schema.safeParse(value).error);

it('an error that nothing foresaw is one line that can be read', () => {
  expect(internalErrorText(new TypeError('x is not a function\n  of b'))).toBe(
    'internal error: x is not a function',
  );
  expect(internalErrorText('thrown')).toBe('internal error: thrown');
  const schema = z.object({ plan: z.object({ learningRate: z.number(), epochs: z.int().min(1) }) });
  expect(refusedBy(schema, { plan: { epochs: 1 } })).toBe(
    'internal error: plan.learningRate has to be a number',
  );
  expect(refusedBy(schema, { plan: { learningRate: 1, epochs: 0 } })).toBe(
    'internal error: plan.epochs has to be at least 1',
  );
  expect(refusedBy(z.number(), 'one')).toBe('internal error: a value has to be a number');
});
