import { z } from 'zod';
import { requirement } from '../platform/parse-fields.js';
import { type TrainingOptions, trainingSchema } from '../training/options.js';

/** Options of training that a search may draw: all but those that say how long a run is, and which one of many. */
export const SEARCHABLE = [
  'learningRate',
  'batchSize',
  'schedule',
  'patience',
  'weightNoise',
  'maximumGradientNorm',
  'momentum',
  'decay',
  'rmsFloor',
  'initialBound',
] as const satisfies readonly (keyof TrainingOptions)[];

export type Searchable = (typeof SEARCHABLE)[number];

/** What a search drew: the learning rate always, the others where its space has them. */
export type DrawnOptions = Pick<TrainingOptions, 'learningRate'> & Partial<Pick<TrainingOptions, Searchable>>;

const value = z.union([z.number(), z.string()]);
const ends = z.tuple([z.number(), z.number()], { error: 'has to be two numbers' });

/** Where an option's values come from: `log`: uniform in the logarithm. A plain value: it alone. */
export type Values =
  | number
  | string
  | { readonly linear: readonly [number, number] }
  | { readonly log: readonly [number, number] }
  | { readonly oneOf: readonly (number | string)[] };

/** log [6.1e-6, 2.5e-3] */
const LOG_TEXT = /^log\s*\[\s*([^,\]\s]+)\s*,\s*([^,\]\s]+)\s*\]$/;

const valuesSchema = z
  .union(
    [
      value,
      z.array(value),
      z.strictObject({ linear: ends }),
      z.strictObject({ log: ends }),
      z.strictObject({ oneOf: z.array(value).min(2) }),
    ],
    {
      error:
        'has to be a value, a range [0, 0.15], log [1e-5, 1e-3] (or { log: [1e-5, 1e-3] }), or { oneOf: [1, 4, 16] }',
    },
  )
  .transform((written, context): Values => {
    if (typeof written === 'string') {
      const [, low, high] = LOG_TEXT.exec(written) ?? [];
      if (high === undefined) return written;
      const log: [number, number] = [Number(low), Number(high)];
      if (log.every(Number.isFinite)) return { log };
      context.addIssue({ code: 'custom', message: 'has to have two numbers, such as log [1e-5, 1e-3]' });
      return z.NEVER;
    }
    if (!Array.isArray(written)) return written;
    if (written.length > 1 && written.every((one) => typeof one === 'string')) return { oneOf: written };
    const [low, high] = written;
    if (written.length === 2 && typeof low === 'number' && typeof high === 'number')
      return { linear: [low, high] };
    context.addIssue({
      code: 'custom',
      message: 'has to be two numbers, the ends of a range; single values are { oneOf: [1, 4, 16] }',
    });
    return z.NEVER;
  })
  .meta({ id: 'values' });

/** The options that a search draws, and from what. */
export const searchSpaceSchema = z.strictObject(
  Object.fromEntries(SEARCHABLE.map((option) => [option, valuesSchema.optional()])) as Record<
    Searchable,
    z.ZodOptional<typeof valuesSchema>
  >,
);

/** What is wrong with an option's values, in words; nothing where all that they hold is legal. */
export function faultOfValues(option: Searchable, values: Values): string | undefined {
  const range = rangeOf(values);
  if (range && range.ends[0] >= range.ends[1]) return 'the first number has to be below the second';
  if (range?.isLog && range.ends[0] <= 0) return 'a range of logarithms has to begin above 0';
  for (const one of valuesIn(values)) {
    const parsed = trainingSchema.shape[option].safeParse(one);
    if (!parsed.success) return `${String(one)} ${requirement(parsed.error.issues[0])}`;
  }
  return undefined;
}

function rangeOf(values: Values): { ends: readonly [number, number]; isLog: boolean } | undefined {
  if (typeof values !== 'object' || 'oneOf' in values) return undefined;
  return 'log' in values ? { ends: values.log, isLog: true } : { ends: values.linear, isLog: false };
}

/** Those that are written, which bound the others. */
function valuesIn(values: Values): readonly (number | string)[] {
  if (typeof values !== 'object') return [values];
  return 'oneOf' in values ? values.oneOf : (rangeOf(values)?.ends ?? []);
}

/** Whether nothing is to be drawn. */
export const isFixed = (values: Values) => typeof values !== 'object';

/** Counts, of which a range holds whole numbers, its ends among them. */
const COUNTS: readonly Searchable[] = ['batchSize', 'patience'];

/** The value at a share of the way through an option's values. @param share from 0 on, below 1 */
export function valueAt(option: Searchable, values: Values, share: number): number | string {
  if (typeof values !== 'object') return values;
  if ('oneOf' in values) return values.oneOf[Math.floor(share * values.oneOf.length)];
  const { ends, isLog } = rangeOf(values) as NonNullable<ReturnType<typeof rangeOf>>;
  const isCount = COUNTS.includes(option);
  const [low, high] = [ends[0], isCount ? ends[1] + 1 : ends[1]].map((end) => (isLog ? Math.log(end) : end));
  const drawn = low + (high - low) * share;
  const within = Math.min(Math.max(isLog ? Math.exp(drawn) : drawn, ends[0]), ends[1]);
  return isCount ? Math.floor(within) : within;
}
