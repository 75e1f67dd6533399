import { FILE_NAMES } from '../../experiment/published.js';
import { chooseKernels } from '../../kernels/choice.js';
import { Failure } from '../../platform/failure.js';
import { evaluateAgain, savedParameters, trainAgain } from './again.js';
import type { CheckOptions, ModelContext } from './context.js';
import { dataOnce, holdData } from './data.js';
import { type Comparison, type Held, NotChecked } from './held.js';
import { drawAgain, statedPieces } from './pieces.js';
import { RESULTS, readPublishedFiles } from './published.js';
import { evaluateSequencesAgain } from './sequences.js';
import { SHORT_RUNS } from './short-runs.js';

/** A data set, or one unit on it. */
export interface Selection {
  readonly dataset: string;
  readonly unit?: string;
}

/**
 * Holds what an experiment reports of its data and models: that the data are the same, that the saved parameters of
 * the best learning rates give the same NLLs, that short training runs do, and that the pieces on the page are drawn
 * from the models. On other kernels than the results', a number that hangs on the last bit of its inputs, as in a
 * chaotic network, counts as one that cannot be checked.
 *
 * @param only all cells if not given
 * @throws Misuse where the folder holds no results, BadFile where one of its files cannot be read
 */
export async function checkModels(
  folder: string,
  options: CheckOptions,
  onHeld: (held: Held) => void = () => {},
  only?: Selection,
): Promise<Held[]> {
  const published = readPublishedFiles(folder);
  const here = chooseKernels(options.kernels, options.threads);
  const all: Held[] = [];
  for (const { plan } of published.findings.experiment.datasets) {
    if (only && only.dataset !== plan.name) continue;
    const context = { ...options, published, here, load: dataOnce(plan) };
    for (const { hold, ...title } of holds(context, plan.name, only?.unit)) {
      const held = { ...title, ...(await outcomeOf(title.file, hold)) };
      all.push(held);
      onHeld(held);
    }
  }
  return all;
}

type Title = Pick<Held, 'file' | 'check' | 'dataset' | 'unit' | 'seed'>;

/** What a model's check came to: its NLLs, or what does not hold in words. */
export type Outcome =
  | readonly Comparison[]
  | { readonly numbers: number; readonly faults: readonly string[] };

type Hold = Title & { readonly hold: () => Promise<Outcome> };

/** What there is to hold of a data set, or of one unit on it. */
function holds(context: ModelContext, dataset: string, only?: string): Hold[] {
  const { published } = context;
  const own = published.cells.filter((cell) => cell.dataset === dataset);
  const cells = own.filter(({ unit }) => only === undefined || unit === only);
  const ofCells = cells.flatMap((cell): Hold[] => {
    const { unit } = cell;
    const parameters = savedParameters(published, cell).flatMap(({ seed, ...saved }): Hold[] => [
      {
        ...{ file: RESULTS, check: 'best parameters', dataset, unit, seed },
        hold: () => evaluateAgain(context, cell, saved),
      },
      {
        ...{ file: FILE_NAMES.sequenceNlls, check: 'test sequences', dataset, unit, seed },
        hold: () => evaluateSequencesAgain(context, cell, saved),
      },
    ]);
    const short: Hold = {
      ...{ file: SHORT_RUNS, check: 'short run', dataset, unit },
      hold: () => trainAgain(context, cell),
    };
    return [...parameters, short];
  });
  const stated = only === undefined ? statedPieces(published, dataset) : undefined;
  return [
    {
      file: FILE_NAMES.experiment,
      check: 'data',
      dataset,
      hold: () => holdData(context.load, own[0].record),
    },
    ...ofCells,
    ...(stated === undefined
      ? []
      : [
          {
            ...({ file: FILE_NAMES.page, check: 'pieces', dataset } as const),
            hold: () => drawAgain(context, dataset, stated),
          },
        ]),
  ];
}

/** Missing data and rounding leave a check open; any other failure does not hold. */
async function outcomeOf(
  file: string,
  hold: Hold['hold'],
): Promise<Pick<Held, 'numbers' | 'faults' | 'comparisons' | 'unchecked'>> {
  try {
    const outcome = await hold();
    if ('faults' in outcome) {
      const faults = outcome.faults.map((text) => ({ file, text }));
      return { numbers: outcome.numbers, faults, comparisons: [] };
    }
    const wrong = outcome.filter(({ holds }) => !holds);
    const faults = wrong.map(({ average, reported, found }) => ({
      file,
      text: `${average} is ${found} instead of ${reported}`,
    }));
    return { numbers: outcome.length, faults, comparisons: outcome };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const nothing = { numbers: 0, comparisons: [] };
    if (error instanceof NotChecked) return { ...nothing, faults: [], unchecked: error.message };
    return { ...nothing, faults: [{ file, text: error.message }] };
  }
}
