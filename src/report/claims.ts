import { plural, threeDigits } from '../platform/format-number.js';
import { median } from '../platform/median.js';
import type { CellFindings, Findings } from './findings.js';
import { PAPER_TABLE_2, PAPER_UNITS, type PaperUnit, paperSetOf } from './paper.js';
import { holm, pairedTest, SIGNIFICANCE, signTest } from './statistics.js';
import { formatDifference, formatEstimate, intervalText } from './text.js';
import { registeredTitle } from './unit-title.js';
import type { UnitComparison } from './verdict/comparison.js';
import { LEAST_SEEDS } from './verdict/enough.js';
import { verdictOf } from './verdict/verdict.js';

/** Whether a claim of the paper is found here too. `open`: the experiment cannot tell. */
export type ClaimVerdict = 'holds' | 'holds in part' | 'does not hold' | 'open';

export interface Claim {
  /** What the paper says, and where. */
  readonly claim: string;
  readonly verdict: ClaimVerdict;
  /** Our numbers. */
  readonly evidence: string;
}

/** One of the paper's data sets with the paper's three units finished. */
interface PaperSet {
  /** In the experiment. */
  readonly name: string;
  /** In the paper's tables. */
  readonly paper: string;
  readonly kind: 'music' | 'speech';
  readonly trio: Readonly<Record<PaperUnit, CellFindings>>;
  /** Per frame. */
  readonly comparisons: readonly UnitComparison[];
}

/** What a data set says of a claim. */
type Outcome = 'holds' | 'does not hold' | 'open';

/** The paper's claims beside what was found on its data sets; none where there are no such. */
export function claims(findings: Findings): Claim[] {
  if (!findings.experiment.datasets.some(({ plan }) => paperSetOf(plan) !== undefined)) return [];
  const sets = paperSets(findings);
  const of = (kind: PaperSet['kind']) => sets.filter((set) => set.kind === kind);
  return [
    gatedBeatTanhOnSpeech(of('speech')),
    gatedCloseOnMusic(of('music')),
    bestUnitOnMusic(of('music')),
    gruFasterThanLstm([...of('music'), ...of('speech')]),
    tanhCheapest([...of('music'), ...of('speech')]),
  ];
}

function paperSets(findings: Findings): PaperSet[] {
  const { datasets } = verdictOf(findings);
  return findings.experiment.datasets.flatMap(({ plan, kind }, i) => {
    const paper = paperSetOf(plan);
    const cells = findings.cells.filter(({ dataset, nll }) => dataset === plan.name && nll !== undefined);
    const trio = PAPER_UNITS.map((unit) => [unit, cells.find((cell) => cell.unit === unit)] as const);
    if (paper === undefined || !trio.every(([, cell]) => cell)) return [];
    const comparisons = datasets[i].comparisons['per frame'];
    return [{ name: plan.name, paper, kind, trio: Object.fromEntries(trio), comparisons } as PaperSet];
  });
}

function claimOf(
  claim: string,
  what: string,
  sets: readonly PaperSet[],
  find: (set: PaperSet) => { outcome: Outcome; text: string },
): Claim {
  if (sets.length === 0)
    return { claim, verdict: 'open', evidence: 'No such data set has all three units finished.' };
  const found = sets.map((set) => ({ name: set.name, ...find(set) }));
  const lines = found.map(({ name, outcome, text }) => `${name} (${outcome}): ${text}`);
  return {
    claim,
    verdict: together(found.map(({ outcome }) => outcome)),
    evidence: `${what}: ${lines.join('; ')}.`,
  };
}

/** Data sets that leave a claim open do not make it fail. */
function together(outcomes: readonly Outcome[]): ClaimVerdict {
  const told = [...new Set(outcomes.filter((outcome) => outcome !== 'open'))];
  if (told.length === 0) return 'open';
  if (told.length === 1 && told[0] === 'does not hold') return 'does not hold';
  return outcomes.every((outcome) => outcome === 'holds') ? 'holds' : 'holds in part';
}

/** Test NLL of a unit less that of another, and what was found of the two; nothing where they are not compared. */
function compared({ comparisons }: PaperSet, a: PaperUnit, b: PaperUnit) {
  const one = comparisons.find(({ units }) => units.includes(a) && units.includes(b));
  if (!one) return undefined;
  const { units, test, bootstrap, better, tooFew } = one;
  const isSameWay = units[0] === a;
  const [low, high] = [bootstrap?.low ?? Number.NaN, bootstrap?.high ?? Number.NaN];
  return {
    ...{ better, tooFew, hasInterval: bootstrap !== undefined && tooFew === undefined, n: test.n },
    mean: isSameWay ? test.mean : -test.mean,
    low: isSameWay ? low : -high,
    high: isSameWay ? high : -low,
  };
}

function isBetter(set: PaperSet, unit: PaperUnit, other: PaperUnit): Outcome {
  const better = compared(set, unit, other)?.better;
  if (better === undefined) return 'open';
  return better === unit ? 'holds' : 'does not hold';
}

/** What comes of parts that all have to hold. */
function allOf(parts: readonly Outcome[]): Outcome {
  if (parts.includes('does not hold')) return 'does not hold';
  return parts.every((part) => part === 'holds') ? 'holds' : 'open';
}

const nlls = ({ trio }: PaperSet) =>
  PAPER_UNITS.map(
    (unit) => `${registeredTitle(unit)} ${formatEstimate(trio[unit].nll?.test_nll ?? NONE)}`,
  ).join(', ');
const NONE = { mean: Number.NaN };

function gatedBeatTanhOnSpeech(sets: readonly PaperSet[]): Claim {
  return claimOf(
    'On raw speech both gated units clearly outperform tanh (section 5; Ubisoft A 6.44 against 3.59 and 2.70, B 7.62 against 0.88 and 1.26).',
    'Test NLL per frame, on other recordings',
    sets,
    (set) => {
      const outcome = allOf([isBetter(set, 'gru', 'tanh'), isBetter(set, 'lstm', 'tanh')]);
      const tooFew = set.comparisons.find((one) => one.tooFew)?.tooFew;
      return { outcome, text: tooFew === undefined ? nlls(set) : `${nlls(set)}; ${tooFew}` };
    },
  );
}

/** Nats between GRU and LSTM on music in Table 2: the least and the most. */
const [NEAREST, FARTHEST] = [0.03, 0.24];

function gatedCloseOnMusic(sets: readonly PaperSet[]): Claim {
  return claimOf(
    `On music GRU and LSTM come out close to each other (section 5): ${NEAREST} to ${FARTHEST} nats apart in Table 2, which is the yardstick here.`,
    `GRU less LSTM, test NLL per frame, and its 95 % interval over seeds and sequences; it holds where that lies within ±${FARTHEST}`,
    sets,
    (set) => {
      const one = compared(set, 'gru', 'lstm');
      if (!one || one.n === 0) return { outcome: 'open', text: 'no seed of both' };
      const { mean, low, high, tooFew } = one;
      const difference = formatDifference(mean, 3);
      if (!one.hasInterval) return { outcome: 'open', text: `${difference}; ${tooFew}` };
      return { outcome: isWithin(FARTHEST, low, high), text: `${difference} (${intervalText(low, high)})` };
    },
  );
}

/** Whether all that an interval holds is at most so far from 0. */
function isWithin(bound: number, low: number, high: number): Outcome {
  if (Math.max(-low, high) <= bound) return 'holds';
  return Math.max(low, -high) > bound ? 'does not hold' : 'open';
}

function bestUnitOnMusic(sets: readonly PaperSet[]): Claim {
  const bestInPaper = ({ paper }: PaperSet): PaperUnit => {
    const row = PAPER_TABLE_2[paper];
    return [...PAPER_UNITS].sort((a, b) => (row?.[a].test ?? 0) - (row?.[b].test ?? 0))[0];
  };
  return claimOf(
    'On music GRU is ahead on all sets but Nottingham, where tanh is (section 5, Table 2).',
    'Whether the paper’s best unit is better than both others here',
    sets,
    (set) => {
      const best = bestInPaper(set);
      const others = PAPER_UNITS.filter((unit) => unit !== best);
      return {
        outcome: allOf(others.map((other) => isBetter(set, best, other))),
        text: `${registeredTitle(best)}; ${nlls(set)}`,
      };
    },
  );
}

function gruFasterThanLstm(sets: readonly PaperSet[]): Claim {
  return claimOf(
    'GRU makes faster progress than LSTM in wall-clock time (section 5; the LSTM’s epochs take 63/48 as long on Nottingham, 22.4/12.9 on Ubisoft B).',
    "Seconds of training until GRU has the LSTM's best validation NLL, against the LSTM's own, seed by seed",
    sets,
    ({ trio: { gru, lstm } }) => {
      const races = curvesBySeed(lstm).flatMap(({ seed, curve }) => {
        const own = curvesBySeed(gru).find((one) => one.seed === seed)?.curve;
        return own ? [{ own: secondsToReach(own, curve), other: secondsToBest(curve) }] : [];
      });
      if (races.length === 0) return { outcome: 'open', text: 'no curve of both' };
      const medianSeconds = (of: 'own' | 'other') => seconds(median(races.map((race) => race[of])));
      const medians = races.length > 1 ? 'medians ' : '';
      return {
        outcome: isLower(races.map(({ own, other }) => Math.log(own / other))),
        text: `${medianSeconds('own')} against ${medianSeconds('other')}, ${medians}of ${plural(races.length, 'curve')}`,
      };
    },
  );
}

function curvesBySeed({ search: [{ seed }], curve, furtherCurves }: CellFindings) {
  return [...(curve.length > 0 ? [{ seed, curve }] : []), ...furtherCurves];
}

type Curve = CellFindings['curve'];

const bestNll = (curve: Curve) => Math.min(...curve.map(({ valid_nll }) => valid_nll));

const secondsToBest = (curve: Curve) => secondsToReach(curve, curve);

/** Seconds until a run's validation NLL is at most another's best; infinite where it never is. */
function secondsToReach(curve: Curve, other: Curve): number {
  const goal = bestNll(other);
  return curve.find(({ valid_nll }) => valid_nll <= goal)?.wall_clock_s ?? Number.POSITIVE_INFINITY;
}

const seconds = (value: number) => (Number.isFinite(value) ? `${threeDigits(value)} s` : 'never');

/**
 * Whether differences, seed by seed, are below 0 by more than chance: by a t test, or by their signs where one of them is
 * infinite.
 */
function isLower(differences: readonly number[]): Outcome {
  if (differences.length < LEAST_SEEDS || differences.some(Number.isNaN)) return 'open';
  const below = differences.filter((difference) => difference < 0).length;
  const { p = 1, mean } = differences.every(Number.isFinite)
    ? pairedTest(differences)
    : { p: signTest(below, differences.length), mean: differences.length / 2 - below };
  if (p >= SIGNIFICANCE) return 'open';
  return mean < 0 ? 'holds' : 'does not hold';
}

function tanhCheapest(sets: readonly PaperSet[]): Claim {
  const { claim, verdict, evidence } = claimOf(
    'An update of tanh costs the least time (section 5; 39, 48 and 63 s an epoch on Nottingham).',
    'Seconds an epoch, tanh / GRU / LSTM, median over the seeds, compared seed by seed',
    sets,
    ({ trio }) => {
      const text = PAPER_UNITS.map((unit) => threeDigits(trio[unit].secondsAnEpoch ?? Number.NaN));
      return { outcome: allOf(othersThanTanh(trio)), text: text.join(' / ') };
    },
  );
  const why =
    'With equal parameters in the recurrent layer, tanh has the most hidden units, and so the largest output layer and, where inputs are sparse, the largest recurrent product; the paper’s program was bound by other costs.';
  const isRefuted = verdict === 'does not hold' || verdict === 'holds in part';
  return { claim, verdict, evidence: isRefuted ? `${evidence} ${why}` : evidence };
}

/** Whether tanh's epochs take less time than GRU's, and than the LSTM's. */
function othersThanTanh({ tanh, gru, lstm }: PaperSet['trio']): Outcome[] {
  const tests = [gru, lstm].map((other) => {
    const differences = tanh.reported.flatMap(({ seed, seconds_an_epoch: own }) => {
      const theirs = other.reported.find((row) => row.seed === seed)?.seconds_an_epoch;
      return own !== null && theirs !== null && theirs !== undefined ? [own - theirs] : [];
    });
    return differences.length < LEAST_SEEDS ? undefined : pairedTest(differences);
  });
  const corrected = holm(tests.map((test) => test?.p));
  return tests.map((test, i) => {
    if (!test || (corrected[i] ?? 1) >= SIGNIFICANCE) return 'open';
    return test.mean < 0 ? 'holds' : 'does not hold';
  });
}
