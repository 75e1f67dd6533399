import { checksumOf, isAsNoted } from '../experiment/checksums.js';
import { loadOnce } from '../experiment/load-once.js';
import { publishedFiles } from '../experiment/published.js';
import type { DatasetRecord } from '../experiment/records.js';
import { parametersOf } from '../experiment/reported.js';
import type { ResultRow } from '../experiment/results-file.js';
import { hasModel, trialKey } from '../experiment/sequence-nlls.js';
import { writeTable } from '../experiment/table.js';
import { Failure } from '../platform/failure.js';
import { evaluateSaved } from '../training/evaluate-saved.js';
import { type Findings, REEVALUATION_COLUMNS, type ReevaluationRow, readReevaluation } from './findings.js';
import { loadSame } from './same-data.js';

export interface ReevaluateEvents {
  /** @param done models before it, of `all` @param model its data set, unit and seed */
  onModel?(done: number, all: number, model: string): void;
  /** reevaluation.csv was written, with no row but those that were computed, in this report or an earlier one. */
  onWritten?(): Promise<void>;
}

/**
 * Computes the test NLLs of all reported trials once more, by the composed kernels, on tfjs-node where it works.
 * What was computed before for the same parameters is kept, also where they are no longer there. Of a file that is not
 * as it was written, only rows that cannot be computed are kept.
 *
 * @returns why some could not be computed, a line for each reason
 */
export async function reevaluate(findings: Findings, events: ReevaluateEvents = {}): Promise<string[]> {
  const { folder, cells } = findings;
  const reported = cells.flatMap(({ record, reported }) =>
    reported.filter(hasModel).map((row) => ({ record, row })),
  );
  const before = readReevaluation(folder);
  const isAsWritten = isAsNoted(folder, publishedFiles(folder).reevaluation);
  const rows: ReevaluationRow[] = [];
  const load = loadOnce();
  const write = async (all: readonly ReevaluationRow[]) => {
    writeTable(publishedFiles(folder).reevaluation, REEVALUATION_COLUMNS, all);
    if (isAsWritten || !all.some((row) => before.includes(row))) await events.onWritten?.();
  };
  const missing = new Map<string, string[]>();
  const miss = (reason: string, model: string) =>
    missing.set(reason, [...(missing.get(reason) ?? []), model]);
  for (const [i, { record, row }] of reported.entries()) {
    const model = modelName(row);
    const known = before.find((other) => trialKey(other) === trialKey(row));
    const file = parametersOf(folder, record, row);
    const sha256 = file ? checksumOf(file) : known?.sha256;
    const kept = known?.sha256 === sha256 ? known : undefined;
    if (kept && isAsWritten) {
      rows.push(kept);
      continue;
    }
    if (!file || sha256 === undefined) {
      miss('the parameters are not at hand', model);
      if (kept) rows.push(kept);
      continue;
    }
    events.onModel?.(i, reported.length, model);
    try {
      rows.push({ ...(await composedTestNll(record, row, file, load)), sha256 });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      miss(error.message, model);
      if (kept) rows.push(kept);
    }
    // A report that is stopped keeps what it and earlier ones have computed.
    const done = new Set(rows.map(trialKey));
    const later = before.filter((other) => !done.has(trialKey(other)));
    await write([...rows, ...later]);
  }
  if (rows.length > 0) await write(rows);
  return reasonLines(missing);
}

/** A line for each reason. @param missing the models that have it, by the reason */
export function reasonLines(missing: ReadonlyMap<string, readonly string[]>): string[] {
  return [...missing].map(([reason, models]) => {
    const others = models.length === 1 ? '' : ` and ${models.length - 1} more`;
    return `${models[0]}${others}: ${reason}`;
  });
}

const modelName = ({ dataset, unit, seed }: Pick<ResultRow, 'dataset' | 'unit' | 'seed'>) =>
  `${dataset} ${unit}, seed ${seed}`;

async function composedTestNll(
  record: DatasetRecord,
  { dataset, unit, draw, seed }: ResultRow,
  file: string,
  load: ReturnType<typeof loadOnce>,
): Promise<Omit<ReevaluationRow, 'sha256'>> {
  const { backend, splits } = await evaluateSaved(file, {
    data: await loadSame(record, load),
    splits: ['test'],
    backend: 'auto',
    kernels: 'composed',
    threads: 2,
  });
  const [test] = splits;
  return {
    dataset,
    unit,
    draw,
    seed,
    backend,
    test_nll: test.perFrame,
    test_nll_per_sequence: test.perSequence,
  };
}

/** How far the two test NLLs of a model lie apart: per frame or per sequence, whichever are farther; nats. */
export interface ReevaluationDifference {
  readonly model: string;
  readonly nats: number;
}

/** Of all reported trials that were computed twice, the largest difference first. */
export function reevaluationDifferences({ cells, reevaluation }: Findings): ReevaluationDifference[] {
  const reported = cells.flatMap((cell) => cell.reported);
  const found = reevaluation.flatMap((row) => {
    const first = reported.find((other) => trialKey(other) === trialKey(row));
    if (!first || first.test_nll === null || first.test_nll_per_sequence === null) return [];
    const nats = Math.max(
      distance(first.test_nll, row.test_nll),
      distance(first.test_nll_per_sequence, row.test_nll_per_sequence),
    );
    return { model: modelName(row), nats };
  });
  return found.sort((a, b) => b.nats - a.nats);
}

/** How far two NLLs lie apart, nats: none where both are the same that is not finite, infinite where one alone is not. */
function distance(first: number, second: number): number {
  if (Object.is(first, second)) return 0;
  const nats = Math.abs(first - second);
  return Number.isNaN(nats) ? Number.POSITIVE_INFINITY : nats;
}
