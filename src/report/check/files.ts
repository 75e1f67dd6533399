import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import { Failure, Misuse } from '../../platform/failure.js';
import { drawFigures, type Figures } from '../figures.js';
import { heldByNothingElse, holdAsWritten } from './as-written.js';
import { holdSchedule, holdToCurves } from './curves.js';
import { type CheckName, type Held, type HeldPlaces, NotChecked, type Tally, tally } from './held.js';
import { holdComparisons, holdFigures, holdMarkdown, holdPage, holdTable } from './made-again.js';
import { holdRows, unfinished } from './plan.js';
import { type Published, RESULTS, readPublishedFiles } from './published.js';
import { holdParameters, holdToSecondEvaluation } from './second-evaluation.js';
import { holdSequences } from './sequences.js';
import { holdShortRuns, SHORT_RUNS } from './short-runs.js';
import { faultOf } from './unread.js';

/**
 * Holds the files of an experiment's results against each other: rows to the plan and the curves, NLLs to those that
 * were computed a second time, tables, pages and figures to those that results.csv gives, every file to its checksum.
 * It takes seconds, and needs neither data nor kernels.
 *
 * @returns `format` alone where a file that all the others hang on cannot be read
 * @throws Misuse where the folder holds no results
 */
export async function checkFiles(folder: string, onHeld: (held: Held) => void = () => {}): Promise<Held[]> {
  const published = publishedOrFault(folder);
  if ('faults' in published) {
    onHeld(published);
    return [published];
  }
  const places: HeldPlaces = new Set();
  const files = publishedFiles(folder);
  const figures = await drawFigures(published.findings);
  const all: Held[] = [];
  for (const { file, check, path, hold, note } of holds(published, figures, files)) {
    const isThere = path === undefined || existsSync(path);
    const outcome = isThere ? await outcomeOf(folder, file, places, hold) : notThere(folder, file);
    const one = { file, check, ...outcome };
    const held = { ...one, ...(note && { note: note(places) }) };
    all.push(held);
    onHeld(held);
  }
  return all;
}

interface Hold {
  readonly file: string;
  readonly check: CheckName;
  /** Where there is no such file, it is not checked; that it was there once is for the checksums to say. */
  readonly path?: string;
  readonly hold: (tally: Tally) => void | Promise<void>;
  /** What there is to know besides. @param places what was held so far */
  readonly note?: (places: HeldPlaces) => string | undefined;
}

function holds(published: Published, figures: Figures, files: ReturnType<typeof publishedFiles>): Hold[] {
  const { comparisons, figure, markdown, page, reevaluation, sequenceNlls, shortRuns, table } = files;
  return [
    {
      file: RESULTS,
      check: 'the plan',
      hold: (to) => holdRows(published, to),
      note: () => unfinished(published),
    },
    { file: RESULTS, check: 'curves', hold: (to) => holdToCurves(published, to) },
    { file: 'curves/', check: 'schedule', hold: (to) => holdSchedule(published, to) },
    {
      file: RESULTS,
      check: 'second evaluation',
      path: reevaluation,
      hold: (to) => holdToSecondEvaluation(published, to),
    },
    {
      file: FILE_NAMES.sequenceNlls,
      check: 'reported NLLs',
      path: sequenceNlls,
      hold: (to) => holdSequences(published, to),
    },
    { file: 'checkpoints/', check: 'second evaluation', hold: (to) => holdParameters(published, to) },
    {
      file: SHORT_RUNS,
      check: 'the plan',
      path: shortRuns,
      hold: (to) => holdShortRuns(published, to),
    },
    { file: FILE_NAMES.table, check: 'made again', path: table, hold: (to) => holdTable(published, to) },
    {
      file: FILE_NAMES.comparisons,
      check: 'made again',
      path: comparisons,
      hold: (to) => holdComparisons(published, to),
    },
    {
      file: FILE_NAMES.markdown,
      check: 'made again',
      path: markdown,
      hold: (to) => holdMarkdown(published, figures, to),
    },
    {
      file: FILE_NAMES.page,
      check: 'made again',
      path: page,
      hold: (to) => holdPage(published, figures, to),
    },
    {
      file: 'figures/',
      check: 'made again',
      path: figures.size > 0 ? dirname(figure('')) : undefined,
      hold: (to) => holdFigures(published, figures, to),
    },
    {
      file: FILE_NAMES.checksums,
      check: 'as written',
      hold: (to) => holdAsWritten(published, to),
      note: (places) => heldByNothingElse(published, places),
    },
  ];
}

function notThere(
  folder: string,
  file: string,
): Pick<Held, 'numbers' | 'faults' | 'comparisons' | 'unchecked'> {
  const maker = file === SHORT_RUNS ? 'reproduce' : `report ${folder}`;
  return { numbers: 0, faults: [], comparisons: [], unchecked: `not there; gru-bench ${maker} writes it` };
}

function publishedOrFault(folder: string): Published | Held {
  try {
    return readPublishedFiles(folder);
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof Misuse) throw error;
    const fault = faultOf(folder, error, RESULTS);
    return { file: fault.file, check: 'format', numbers: 0, faults: [fault], comparisons: [] };
  }
}

/** What a check came to, whether or not it could be made. */
async function outcomeOf(folder: string, file: string, places: HeldPlaces, hold: Hold['hold']) {
  const to = tally(places);
  try {
    await hold(to);
  } catch (error) {
    if (error instanceof NotChecked) return { ...to.result(), unchecked: error.message };
    if (!(error instanceof Failure)) throw error;
    const fault = faultOf(folder, error, file);
    to.fault(fault.file, fault.text);
  }
  return to.result();
}
