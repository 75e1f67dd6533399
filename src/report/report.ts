import { changedFiles, noteChecksums } from '../experiment/checksums.js';
import { type Publication, publish } from '../experiment/publish.js';
import { pathsOf, publishedFiles } from '../experiment/published.js';
import { refuseGaps } from './check/gaps.js';
import { writeFigures } from './figures.js';
import { type Findings, readFindings } from './findings.js';
import { writeMarkdown } from './markdown.js';
import { writePage } from './page/page.js';
import { type ReevaluateEvents, reasonLines, reevaluate } from './reevaluate.js';
import { writeTables } from './table-file.js';

export interface Report {
  readonly findings: Findings;
  /** Of the trials in the folder, before the report. */
  readonly publication: Publication;
  /** Why some test NLLs could not be computed a second time, and why the test sequences of some models are not known. */
  readonly notReevaluated: readonly string[];
  readonly notEvaluated: readonly string[];
  /** Music whose data are not at hand: the page has no piece of the test set beside the one that is drawn. */
  readonly withoutRealPiece: readonly string[];
  /** Files that it is made from and that are not as they were written. */
  readonly changed: readonly string[];
}

/**
 * Gathers what an experiment's trials found, computes the reported test NLLs a second time, and writes table2.csv,
 * figures, report.md, report.html and their checksums into the experiment's folder.
 *
 * @param options.reevaluate false leaves out the second computation of what is not yet known
 * @throws Misuse where the folder holds no results; Failure where what is left of them is damaged, before a report that
 *   is there is written over
 */
export async function makeReport(
  folder: string,
  options: { reevaluate: boolean; command: string },
  events: ReevaluateEvents = {},
): Promise<Report> {
  const missing = new Map<string, string[]>();
  const publication = await publish(folder, (model, reason) => {
    missing.set(reason, [...(missing.get(reason) ?? []), model]);
  });
  refuseGaps(readFindings(folder));
  // Trials that will replace earlier results hold other parameters than these were computed with.
  const isOfTrials = publication !== 'earlier results stay';
  const notReevaluated =
    options.reevaluate && isOfTrials
      ? await reevaluate(readFindings(folder), { ...events, onWritten: () => noteReevaluation(folder) })
      : [];
  const findings = readFindings(folder);
  writeTables(findings);
  const figures = await writeFigures(findings);
  writeMarkdown(findings, figures, options.command);
  const withoutRealPiece = await writePage(findings, figures, options.command);
  await noteReport(folder, figures);
  const changed = changedFiles(folder, (path) => !isReport(path));
  const notEvaluated = reasonLines(missing);
  return { findings, publication, notReevaluated, notEvaluated, withoutRealPiece, changed };
}

/** Paths in the folder of what a report writes. */
const isReport = pathsOf(['table', 'comparisons', 'markdown', 'page'], ['figures']);

function noteReport(folder: string, figures: readonly string[]): Promise<void> {
  const { table, comparisons, markdown, page, figure } = publishedFiles(folder);
  const written = [table, comparisons, markdown, page, ...figures.map(figure)];
  return noteChecksums(folder, isReport, written);
}

/** At once, so that a report that is stopped has noted what it computed. */
function noteReevaluation(folder: string): Promise<void> {
  return noteChecksums(folder, pathsOf(['reevaluation']), [publishedFiles(folder).reevaluation]);
}
