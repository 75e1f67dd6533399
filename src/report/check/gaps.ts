import { existsSync } from 'node:fs';
import { readChecksums } from '../../experiment/checksums.js';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import type { ResultRow } from '../../experiment/results-file.js';
import { Failure } from '../../platform/failure.js';
import { plural } from '../../platform/format-number.js';
import { type CurveRow, readCurve } from '../../training/curve.js';
import type { Findings } from '../findings.js';
import { missingRow } from './plan.js';
import { nameIn, publishedCells, RESULTS } from './published.js';

const ADVICE = 'put it back as it was; where the trials are, gru-bench reproduce writes it again';

/**
 * A report of results that have lost rows or curves would leave them out in silence.
 *
 * @throws Failure where results.csv lacks a row that the plan has, or a curve epochs that results.csv tells of
 */
export function refuseGaps(findings: Findings): void {
  const { folder, results } = findings;
  const { results: path, curve: curveFile } = publishedFiles(folder);
  const noted = readChecksums(folder);
  for (const cell of publishedCells(findings)) {
    const missing = missingRow(results, cell);
    if (missing !== undefined)
      throw new Failure(`${path} ${missing}, which ${FILE_NAMES.experiment} plans: ${ADVICE}`);
    for (const row of cell.reported) {
      const isFurther = row.seed !== cell.record.plan.seed;
      const file = curveFile(cell.dataset, cell.unit, isFurther ? row.seed : undefined);
      // Results of before may have no curves of further seeds.
      if (existsSync(file)) refuseOtherLength(file, readCurve(file), row);
      else if (noted?.has(nameIn(findings, file)))
        throw new Failure(`${file} is missing, but ${FILE_NAMES.checksums} has it: ${ADVICE}`);
    }
  }
}

function refuseOtherLength(file: string, curve: readonly CurveRow[], { epochs }: ResultRow): void {
  if (curve.length === epochs) return;
  throw new Failure(
    `${file} has ${plural(curve.length, 'epoch')}, and ${RESULTS} tells of ${epochs}: ${ADVICE}`,
  );
}
