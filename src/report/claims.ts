import { threeDigits } from '../platform/format-number.js';
import { type CellName, unitTitle } from './cell-name.js';
import type { CellFindings, Findings } from './findings.js';
import { PAPER_TABLE_2, STAND_INS } from './paper.js';
import { formatNumber } from './text.js';

/** Whether a claim of the paper is found here too. `open`: the experiment cannot tell. */
export type Verdict = 'holds' | 'holds in part' | 'does not hold' | 'open';

export interface Claim {
  /** What the paper says, and where. */
  readonly claim: string;
  readonly verdict: Verdict;
  /** Our numbers. */
  readonly evidence: string;
}

type Trio = Readonly<Record<CellName, CellFindings>>;

/** The paper's claims beside what was found on its data sets; none where there are no such. */
export function claims(findings: Findings): Claim[] {
  const ofPaper = findings.experiment.datasets.filter(({ plan }) => PAPER_TABLE_2[plan.name]);
  if (ofPaper.length === 0) return [];
  const trios = new Map(
    ofPaper.flatMap(({ plan: { name }, kind }) => {
      const cells = findings.cells.filter((cell) => cell.dataset === name && cell.nll !== undefined);
      const by = (unit: CellName) => cells.find((cell) => cell.unit === unit);
      const [tanh, gru, lstm] = [by('tanh'), by('gru'), by('lstm')];
      return tanh && gru && lstm ? [[name, { kind, trio: { tanh, gru, lstm } }] as const] : [];
    }),
  );
  const of = (kind: 'music' | 'speech') =>
    [...trios].filter(([, one]) => one.kind === kind).map(([name, { trio }]) => ({ name, trio }));
  const all = [...of('music'), ...of('speech')];
  return [
    gatedBeatTanhOnSpeech(of('speech')),
    gatedCloseOnMusic(of('music')),
    gruAheadOnMusic(of('music')),
    gruFasterThanLstm(all),
    tanhCheapest(all),
  ];
}

type Named = { readonly name: string; readonly trio: Trio };

const nll = (cell: CellFindings) => cell.nll?.test_nll.mean ?? Number.NaN;
const show = (value: number) => formatNumber(value, 2);

function verdictOf(holding: number, all: number): Verdict {
  if (all === 0) return 'open';
  if (holding === all) return 'holds';
  return holding === 0 ? 'does not hold' : 'holds in part';
}

function list(what: string, sets: readonly Named[], line: (set: Named) => string): string {
  if (sets.length === 0) return 'No such data set has all three units finished.';
  return `${what}: ${sets.map((set) => `${set.name}: ${line(set)}`).join('; ')}.`;
}

const trioOf = ({ tanh, gru, lstm }: Trio) =>
  `tanh ${show(nll(tanh))}, GRU ${show(nll(gru))}, LSTM ${show(nll(lstm))}`;

function gatedBeatTanhOnSpeech(sets: readonly Named[]): Claim {
  const holds = ({ trio: { tanh, gru, lstm } }: Named) => nll(gru) < nll(tanh) && nll(lstm) < nll(tanh);
  return {
    claim:
      'On raw speech both gated units clearly outperform tanh (section 5; Ubisoft A 6.44 against 3.59 and 2.70, B 7.62 against 0.88 and 1.26).',
    verdict: verdictOf(sets.filter(holds).length, sets.length),
    evidence: list('Test NLL per frame', sets, ({ trio }) => trioOf(trio)),
  };
}

/** The paper's units lie 0.1 to 0.6 nats apart on music; on its speech, several nats. */
const CLOSE = 0.5;

function gatedCloseOnMusic(sets: readonly Named[]): Claim {
  const gap = ({ gru, lstm }: Trio) => Math.abs(nll(gru) - nll(lstm));
  return {
    claim: `On music all units come out close to each other, GRU and LSTM within ${CLOSE} nats (section 5; 0.03 to 0.24 in Table 2).`,
    verdict: verdictOf(sets.filter(({ trio }) => gap(trio) < CLOSE).length, sets.length),
    evidence: list('Difference of GRU and LSTM, test NLL per frame', sets, ({ trio }) => show(gap(trio))),
  };
}

function gruAheadOnMusic(sets: readonly Named[]): Claim {
  const best = ({ tanh, gru, lstm }: Trio) =>
    (
      [
        ['tanh', tanh],
        ['gru', gru],
        ['lstm', lstm],
      ] as const
    ).reduce((a, b) => (nll(b[1]) < nll(a[1]) ? b : a))[0];
  const bestInPaper = (name: string) => {
    const row = PAPER_TABLE_2[name];
    const test = (unit: CellName) => row[unit]?.test ?? Number.POSITIVE_INFINITY;
    return Object.keys(row).sort((a, b) => test(a) - test(b))[0];
  };
  return {
    claim: 'On music GRU is ahead on all sets but Nottingham, where tanh is (section 5, Table 2).',
    verdict: verdictOf(sets.filter(({ name, trio }) => best(trio) === bestInPaper(name)).length, sets.length),
    evidence: list(
      'Best test NLL per frame',
      sets,
      ({ name, trio }) =>
        `${unitTitle(best(trio))} (paper ${unitTitle(bestInPaper(name))}; ${trioOf(trio)}${overlapping(trio, best(trio))})`,
    ),
  };
}

/** Names the units whose 95 % intervals of the test NLL per frame overlap with the best one's. */
function overlapping(trio: Trio, best: CellName): string {
  const estimate = (unit: CellName) => trio[unit].nll?.test_nll;
  const own = estimate(best);
  const near = Object.keys(trio).filter((unit) => {
    const other = estimate(unit);
    if (unit === best || own?.interval === undefined || other?.interval === undefined) return false;
    return other.mean - other.interval <= own.mean + own.interval;
  });
  if (near.length === 0) return '';
  const others = near.map((unit) => unitTitle(unit)).join(' and ');
  return `; its 95 % interval overlaps with ${near.length === 1 ? 'that' : 'those'} of ${others}`;
}

function gruFasterThanLstm(sets: readonly Named[]): Claim {
  const ratio = ({ gru, lstm }: Trio) =>
    (lstm.secondsAnEpoch ?? Number.NaN) / (gru.secondsAnEpoch ?? Number.NaN);
  return {
    claim:
      'GRU makes faster progress than LSTM in wall-clock time (section 5; its epochs take 63/48 as long on Nottingham, 22.4/12.9 on Ubisoft B).',
    verdict: verdictOf(
      sets.filter(
        ({ trio }) =>
          (secondsToReach(trio.gru, trio.lstm) ?? Number.POSITIVE_INFINITY) < secondsToBest(trio.lstm),
      ).length,
      sets.length,
    ),
    evidence: list(
      "Seconds of training until GRU has the LSTM's best validation NLL, against the LSTM's own",
      sets,
      ({ trio }) =>
        `${seconds(secondsToReach(trio.gru, trio.lstm))} against ${seconds(secondsToBest(trio.lstm))} (an LSTM epoch takes ${show(ratio(trio))} of a GRU epoch)`,
    ),
  };
}

function secondsToBest({ curve, reported }: CellFindings): number {
  const best = reported[0]?.best_epoch;
  return curve.find(({ epoch }) => epoch === best)?.wall_clock_s ?? Number.NaN;
}

/** Seconds until a unit's validation NLL is at most another's best. */
function secondsToReach(cell: CellFindings, other: CellFindings): number | undefined {
  const goal = Math.min(...other.curve.map(({ valid_nll }) => valid_nll));
  return cell.curve.find(({ valid_nll }) => valid_nll <= goal)?.wall_clock_s;
}

const seconds = (value: number | undefined) => (value === undefined ? 'never' : `${threeDigits(value)} s`);

function tanhCheapest(sets: readonly Named[]): Claim {
  const time = (cell: CellFindings) => cell.secondsAnEpoch ?? Number.NaN;
  const holds = ({ trio: { tanh, gru, lstm } }: Named) => time(tanh) < Math.min(time(gru), time(lstm));
  return {
    claim: 'An update of tanh costs the least time (section 5; 39, 48 and 63 s an epoch on Nottingham).',
    verdict: verdictOf(sets.filter(holds).length, sets.length),
    evidence: `${list('Seconds an epoch, tanh / GRU / LSTM', sets, ({ trio: { tanh, gru, lstm } }) =>
      [tanh, gru, lstm].map((cell) => time(cell).toPrecision(2)).join(' / '),
    )} With equal parameters in the recurrent layer, tanh has the most hidden units, and so the largest output layer and, where inputs are sparse, the largest recurrent product; the paper’s program was bound by other costs.`,
  };
}

/** Nats by which the rules have to lie apart before a data set tells anything of them. */
const TELLING = 0.1;

/** The open question of the averaging rule: how far our numbers lie from the paper's by either one. */
export function averagingRule({ cells }: Findings): string {
  const known = cells.filter(
    ({ dataset, unit, nll: ours }) => ours && PAPER_TABLE_2[dataset]?.[unit] && !STAND_INS[dataset],
  );
  if (known.length === 0) return 'No data set of the paper is finished here.';
  const sets = [...new Set(known.map(({ dataset }) => dataset))];
  const distance = (column: 'test_nll' | 'test_nll_per_sequence', dataset: string) => {
    const own = known.filter((cell) => cell.dataset === dataset);
    const sum = own.reduce(
      (total, cell) =>
        total + Math.abs((cell.nll?.[column].mean ?? 0) - (PAPER_TABLE_2[dataset][cell.unit]?.test ?? 0)),
      0,
    );
    return sum / own.length;
  };
  const distances = sets.map((dataset) => {
    const [frame, sequence] = [distance('test_nll', dataset), distance('test_nll_per_sequence', dataset)];
    return { dataset, frame, sequence };
  });
  const lines = distances.map(({ dataset, frame, sequence }) => {
    const nearer =
      Math.abs(frame - sequence) < 0.02 ? 'no difference' : frame < sequence ? 'per frame' : 'per sequence';
    return `${dataset}: ${show(frame)} per frame, ${show(sequence)} per sequence (${nearer})`;
  });
  const telling = distances.filter(({ frame, sequence }) => Math.abs(frame - sequence) > TELLING);
  const perSequence = telling.filter(({ frame, sequence }) => sequence < frame);
  const verdict = `Where the rules lie more than ${TELLING} nats apart (${telling.map(({ dataset }) => dataset).join(', ')}), per sequence is the nearer on ${perSequence.length} of ${telling.length}.`;
  return `The paper does not say whether its averages are per frame or per sequence. Mean distance of our test NLLs from Table 2, nats, and the nearer rule: ${lines.join('; ')}.${telling.length > 0 ? ` ${verdict}` : ''}`;
}
