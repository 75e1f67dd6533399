import { relative, sep } from 'node:path';
import { type Cell, cellsOf, type PlannedTrial, seedTrials } from '../../experiment/plan.js';
import { FILE_NAMES, publishedFiles } from '../../experiment/published.js';
import { type ResultRow, readShortRuns, type ShortRunRow } from '../../experiment/results-file.js';
import { isListed } from '../../platform/file-status.js';
import { type CompleteRequest, completeRequest, requestSchema } from '../../training/request.js';
import { type CellFindings, type Findings, readFindings } from '../findings.js';
import { withDataHere } from './data.js';
import { NotChecked } from './held.js';

/** An experiment's published files, read: what is held. */
export interface Published {
  readonly findings: Findings;
  readonly shortRuns: readonly ShortRunRow[];
  readonly cells: readonly PublishedCell[];
}

/** A cell of Table 2: what was found, and what was planned. */
export interface PublishedCell extends CellFindings {
  readonly planned: Cell;
  /** What its trials share, with all that depends on the kind of data filled in. */
  readonly request: CompleteRequest;
}

/** @throws Misuse where the folder holds no results, BadFile where a file is damaged */
export function readPublishedFiles(folder: string): Published {
  const findings = readFindings(folder, withDataHere);
  const { shortRuns } = publishedFiles(folder);
  const cells = publishedCells(findings);
  return { findings, shortRuns: isListed(shortRuns) ? readShortRuns(shortRuns) : [], cells };
}

/** The cells of results, with their plan. */
export function publishedCells(findings: Findings): PublishedCell[] {
  return findings.experiment.datasets.flatMap((record) =>
    cellsOf(record.plan).map((planned) => {
      const found = findings.cells.find(
        ({ dataset, unit }) => dataset === record.plan.name && unit === planned.unit,
      ) as CellFindings;
      const request = completeRequest(requestSchema.parse(planned.search[0].request), record.kind);
      return { ...found, planned, request };
    }),
  );
}

/** Path in the results' folder, as reports name it. */
export function nameIn({ folder }: Pick<Findings, 'folder'>, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

/** Line of a row in results.csv, from 1. */
export function lineOf({ results }: Findings, row: ResultRow): number {
  return results.indexOf(row) + 2;
}

/** The trial of the search with the best validation NLL per frame; none while the search goes on. */
export function winningRow({ reported, planned }: PublishedCell): ResultRow | undefined {
  return reported.find(({ seed }) => seed === planned.plan.seed);
}

/** The plan's trials of the winner's draw with further seeds; none where the plan has no such draw. */
export function furtherTrials({ planned }: PublishedCell, { draw }: ResultRow): PlannedTrial[] {
  const chosen = planned.search[draw - 1];
  return chosen ? seedTrials(planned, chosen) : [];
}

/** Why a cell reports no trial. */
export function whyUnreported({ search }: PublishedCell): string {
  return search.some(({ status }) => status === 'open')
    ? 'the search is not finished'
    : 'no trial of the search has a validation NLL';
}

/** The cells that report trials. @throws NotChecked where none does: there is nothing to hold yet */
export function reportingCells({ cells }: Published): (PublishedCell & { readonly winner: ResultRow })[] {
  const reporting = cells.flatMap((cell) => {
    const winner = winningRow(cell);
    return winner ? [{ ...cell, winner }] : [];
  });
  if (reporting.length === 0 && cells.length > 0)
    throw new NotChecked(`there is none yet: ${whyUnreported(cells[0])}`);
  return reporting;
}

export const RESULTS = FILE_NAMES.results;
