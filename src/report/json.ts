import { z } from 'zod';
import { averagingRule, RULES } from './averaging.js';
import { claims } from './claims.js';
import { figure2, tableFromFigure } from './figure-2.js';
import type { Report } from './report.js';
import { reevaluationText } from './sections/negative-log-likelihood.js';
import { SPLITS_REPORTED, table2 } from './tables.js';
import { verdictOf } from './verdict/verdict.js';

/** JSON has no number that is not finite: null stands for it. */
const number = z.number().nullable();
const count = z.int().min(0);
const word = z.enum(['better', 'not distinguishable', 'too few to say']);
const pair = z.tuple([z.string(), z.string()]).describe('Names of two units');
const rule = z.enum(RULES).describe('Average of the NLL');
const kind = z.enum(['music', 'speech']);

const estimateSchema = z.object({
  mean: number,
  interval: number.optional().describe('Half the width of the 95 % interval; absent for a single value'),
});

const testSchema = z
  .object({
    n: count.describe('Differences'),
    mean: number.describe('Nats'),
    interval: number.optional().describe('Half the width of the 95 % interval (Student’s t)'),
    p: number.optional().describe('Two-sided'),
    pHolm: number.optional().describe('With Holm’s correction over the pairs'),
    effect: number.optional().describe('Hedges’ g'),
  })
  .describe('That the mean of differences is 0; what a single difference cannot tell is absent');

const comparisonSchema = z.object({
  dataset: z.string(),
  rule,
  units: pair,
  differences: z
    .array(z.object({ seed: count, nats: number }))
    .describe('Test NLL of the first unit less that of the second, by seed'),
  shared: count.describe('Seeds that both were trained with'),
  failed: z
    .array(z.object({ unit: z.string(), seed: count }))
    .describe('Runs without a finite test NLL, of the seeds that only one of the two units failed on'),
  test: testSchema.describe('Paired by seed'),
  withoutSearch: testSchema.optional().describe('The same without the seed of the search'),
  bootstrap: z
    .object({
      low: number,
      high: number,
      p: number,
      pHolm: number.optional(),
      resamples: count.describe('How often seeds and sequences were drawn'),
      models: count.describe('Seeds whose models’ NLL of every test sequence is known'),
      sequences: count,
      pieces: count.describe('What is drawn: sequences, or recordings with all sequences cut from them'),
    })
    .optional()
    .describe('Over seeds and test sequences together: ends of the 95 % interval, two-sided p'),
  word,
  better: z.string().optional().describe('The better unit'),
  tooFew: z.string().optional().describe('What there is too few of'),
});

const datasetSchema = z.object({
  dataset: z.string(),
  kind,
  sentence: z.string().describe('The verdict in words'),
  baseline: z.string().optional().describe('The unit that each other is compared with'),
  leader: z
    .string()
    .optional()
    .describe('The unit with the lowest mean test NLL per frame, of those with the fewest failed runs'),
  comparisons: z.record(rule, z.array(comparisonSchema)),
  warnings: z.array(
    z.object({
      dataset: z.string(),
      unit: z.string().optional(),
      weakness: z.string(),
      text: z.string(),
      ofSeveral: z
        .object({ what: z.string(), own: z.string() })
        .optional()
        .describe('The text where it is said of several units at once, and what of it is this unit’s own'),
    }),
  ),
  expectedBest: z
    .array(
      z.object({
        unit: z.string(),
        best: z.array(z.object({ draws: count, mean: number, deviation: number })),
      }),
    )
    .describe('Expected best validation NLL per frame of a search of so many draws, nats'),
});

const overSchema = z.object({
  rule,
  ranked: count.describe('Data sets with all units finished'),
  standings: z.array(
    z.object({
      unit: z.string(),
      rank: number.optional(),
      lowest: count,
      better: count,
      worse: count,
      notDistinguishable: count,
      tooFew: count,
    }),
  ),
  differences: z.array(
    z.object({ kind, units: pair, test: testSchema, word, better: z.string().optional() }),
  ),
});

const tableRowSchema = z.object({
  dataset: z.string(),
  split: z.enum(SPLITS_REPORTED),
  rule,
  entries: z.array(
    z.object({
      unit: z.string(),
      ours: estimateSchema.optional(),
      seeds: count,
      failed: count.describe('Runs without a finite NLL, of which the mean is not'),
      paper: number.optional(),
      difference: number.optional(),
      isBest: z.boolean(),
      isBestInPaper: z.boolean(),
    }),
  ),
});

const figureRowSchema = z.object({
  dataset: z.string(),
  split: z.enum(['train', 'valid']),
  unit: z.string(),
  paper: number.describe('Read off Figure 2, nats a sequence'),
  atEnd: number,
  difference: number.describe('A share'),
  bySeed: z.array(z.object({ seed: count, nats: number })),
  best: estimateSchema,
});

export const reportSchema = z.object({
  folder: z.string(),
  verdicts: z.array(datasetSchema),
  overDataSets: z.array(overSchema).describe('None of a single data set'),
  table2: z.array(tableRowSchema),
  figure2: z.array(figureRowSchema).describe('None where the experiment has no data set of the figure'),
  tableFromFigure2: z.array(
    z.object({
      dataset: z.string(),
      unit: z.string(),
      perFrame: number,
      perSequence: number,
      printed: number,
    }),
  ),
  claims: z.array(
    z.object({
      claim: z.string(),
      verdict: z.enum(['holds', 'holds in part', 'does not hold', 'open']),
      evidence: z.string(),
    }),
  ),
  averagingRule: z.string(),
  reevaluation: z.object({ summary: z.string(), missing: z.array(z.string()) }),
  sequences: z
    .object({ missing: z.array(z.string()) })
    .describe('Why the test sequences of some models are not known'),
  changed: z.array(z.string()).describe('Files that it is made from and that are not as they were written'),
});

/** What `gru-bench report --json` prints. */
export function reportJson({ findings, notReevaluated, notEvaluated, changed }: Report) {
  const { datasets, over } = verdictOf(findings);
  return {
    folder: findings.folder,
    verdicts: datasets,
    overDataSets: over,
    table2: table2(findings),
    figure2: figure2(findings),
    tableFromFigure2: tableFromFigure(findings),
    claims: claims(findings),
    averagingRule: averagingRule(findings),
    reevaluation: { summary: reevaluationText(findings), missing: notReevaluated },
    sequences: { missing: notEvaluated },
    changed,
  };
}

/** The JSON Schema of it: docs/report.schema.json. */
export function reportJsonSchema(): object {
  return z.toJSONSchema(reportSchema);
}
