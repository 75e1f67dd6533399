import { existsSync } from 'node:fs';
import { checksumOf } from '../../experiment/checksums.js';
import { sizeOfPlan, unitOfPlan } from '../../experiment/plan.js';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { CHAOTIC, trialKey } from '../../experiment/sequence-nlls.js';
import { readModel } from '../../model/model-file.js';
import { type ModelSpec, paperSpec } from '../../model/spec.js';
import type { Findings, ReevaluationRow } from '../findings.js';
import type { Tally } from './held.js';
import { lineOf, nameIn, type Published, type PublishedCell, RESULTS, reportingCells } from './published.js';
import { EVALUATION_TOLERANCE, isWithin, toleranceOf } from './rounding.js';
import { orFault } from './unread.js';

const FILE = FILE_NAMES.reevaluation;

/** The row of reevaluation.csv about a trial. */
function secondEvaluationOf({ reevaluation }: Findings, row: ResultRow): ReevaluationRow | undefined {
  return reevaluation.find((other) => trialKey(other) === trialKey(row));
}

/** Line of a row in reevaluation.csv, from 1. */
function lineOfSecond({ reevaluation }: Findings, row: ReevaluationRow): number {
  return reevaluation.indexOf(row) + 2;
}

/** Holds the test NLLs of all reported trials to those that were computed a second time. */
export function holdToSecondEvaluation({ findings, cells }: Published, tally: Tally): void {
  const known = new Set<ReevaluationRow>();
  for (const row of cells.flatMap(({ reported }) => reported)) {
    const again = secondEvaluationOf(findings, row);
    // A report says how many were computed a second time; the others are held as written.
    if (!again) continue;
    known.add(again);
    for (const column of ['test_nll', 'test_nll_per_sequence'] as const) {
      const [first, second] = [row[column], again[column]];
      const isHeld = isWithin(first, second, toleranceOf(second, EVALUATION_TOLERANCE));
      // Of a network that may be chaotic it stays open.
      if (!isHeld && isWithin(first, second, CHAOTIC)) continue;
      const place = { file: RESULTS, line: lineOf(findings, row), column };
      tally.rule(
        place,
        first,
        isHeld,
        `${second} to ${EVALUATION_TOLERANCE}, as ${FILE}, line ${lineOfSecond(findings, again)}, has it`,
      );
    }
  }
  for (const [i, row] of findings.reevaluation.entries())
    if (!known.has(row)) tally.fault(FILE, `line ${i + 2} is about no reported trial, or there twice`);
}

/** Holds the committed parameters to the ones that were evaluated a second time, and to the plan's sizes. */
export function holdParameters(published: Published, tally: Tally): void {
  const { findings } = published;
  for (const cell of reportingCells(published)) {
    const path = publishedFiles(findings.folder).checkpoint(cell.dataset, cell.unit);
    const file = nameIn(findings, path);
    if (!existsSync(path)) {
      tally.fault(file, 'is missing');
      continue;
    }
    const again = secondEvaluationOf(findings, cell.winner);
    const sha256 = orFault(tally, file, () => checksumOf(path));
    tally.count(1);
    if (sha256 === undefined) continue;
    if (again && again.sha256 !== sha256)
      tally.fault(
        file,
        `has SHA-256 ${sha256} instead of ${again.sha256}, as ${FILE}, line ${lineOfSecond(findings, again)}, has it`,
      );
    holdSize(tally, cell, path, file);
  }
}

function holdSize(tally: Tally, { unit, record, planned }: PublishedCell, path: string, file: string): void {
  const { plan } = planned;
  const size = ({ unit: { name }, hiddenSize, inputSize, output }: ModelSpec) =>
    JSON.stringify({ unit: name, hiddenSize, inputSize, output });
  const expected = size(paperSpec(record.kind, unitOfPlan(plan, unit), sizeOfPlan(plan, unit)));
  const found = orFault(tally, file, () => size(readModel(path).spec));
  if (found !== undefined && found !== expected) tally.fault(file, `holds ${found} instead of ${expected}`);
}
