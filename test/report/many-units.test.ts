import { describe, expect, it } from 'vitest';
import type { Findings } from '../../src/report/findings.js';
import { heightOfCurves } from '../../src/report/plots/curve-extent.js';
import { beyondText, reachOf } from '../../src/report/plots/differences.js';
import { differencesSection, overviewParts } from '../../src/report/sections/differences.js';
import { table2Notes, table2Texts } from '../../src/report/sections/negative-log-likelihood.js';
import type { Section } from '../../src/report/sections/section.js';
import { weaknessesSection } from '../../src/report/sections/weaknesses.js';
import { joined, listText } from '../../src/report/text.js';
import { isReadable, type TextTable } from '../../src/report/text-table.js';
import { noise, simulated } from './verdict/simulated.js';

const UNITS = ['tanh', 'gru', 'lstm', 'gru-after', 'mgu', 'ran', 'sru', 'cifg', 'ugrnn'];

/** Each unit 0.2 nats above the one before it, on a data set of 30 test sequences. */
function experiment(units: readonly string[], baseline?: string) {
  const draw = noise(5, 5000);
  return simulated({
    ...{ units, baseline, seeds: 5, sequences: 30 },
    nll: (unit, _, sequence) => 3 + 0.2 * unit + sequence / 30 + 0.02 * draw(),
  });
}

/** Tables of a section as a terminal shows them. */
const onTerminal = ({ parts }: Pick<Section, 'parts'>): TextTable[] =>
  parts.flatMap((part) => {
    const table = part.kind === 'table' ? (part.onTerminal ?? part.table) : 'nothing';
    return table === 'nothing' ? [] : [table];
  });

const weaknesses = (found: Findings) =>
  weaknessesSection(found).parts.flatMap((part) =>
    part.kind === 'items' ? part.items.map(({ text }) => text) : [],
  );

describe('a report of many units', () => {
  it('has a row a unit where so many columns had no room', () => {
    const [few, many] = [experiment(UNITS.slice(0, 5)), experiment(UNITS)];
    expect(table2Texts(few, 'per frame').map(({ header }) => header)).toEqual([
      ['data set', 'split', 'tanh', 'GRU', 'LSTM', 'GRU, reset after', 'MGU'],
    ]);
    const [test, train] = table2Texts(many, 'per frame');
    expect([test.title, train.title]).toEqual(
      ['test', 'training'].map((set) => `Average negative log-likelihood per frame, ${set} sets, nats`),
    );
    expect(test.rows.map(([unit]) => unit.text)).toHaveLength(UNITS.length);
    expect(test.rows.map((row) => row[1].isBest)).toEqual([true, ...UNITS.slice(1).map(() => false)]);
    expect(table2Notes(many).join(' ')).toContain('The lowest of a data set is marked');
  });

  it('shows the pairs of the unit in the lead where one cannot read all of them', () => {
    const found = experiment(UNITS);
    const [{ rows }, ...others] = onTerminal(differencesSection(found));
    expect(others).toEqual([]);
    expect(rows).toHaveLength(UNITS.length - 1);
    expect(rows.every(([, units]) => units.text.startsWith('tanh − '))).toBe(true);
    expect(overviewParts(found)).toEqual([]);
  });

  it('has an overview of the differences to a baseline', () => {
    const found = experiment(UNITS, 'gru');
    // A single data set has few pairs: one reads them.
    expect(overviewParts(found)).toEqual([]);
    const [record] = found.experiment.datasets;
    const names = ['set', 'b', 'c', 'd'];
    const several = {
      ...found,
      experiment: {
        ...found.experiment,
        datasets: names.map((name) => ({ ...record, plan: { ...record.plan, name } })),
      },
      cells: names.flatMap((dataset) =>
        found.cells.map((cell) => ({
          ...cell,
          dataset,
          reported: cell.reported.map((row) => ({ ...row, dataset })),
        })),
      ),
      sequenceNlls: names.flatMap((dataset) => found.sequenceNlls.map((row) => ({ ...row, dataset }))),
    };
    const [overview, ...others] = onTerminal(differencesSection(several));
    expect(others).toEqual([]);
    expect(overview.title).toBe('Difference to GRU, test NLL per frame, nats');
    expect(overview.header).toEqual(['unit', ...names]);
    const words = overview.rows.map(([unit, first]) => [
      unit.text,
      first.text.split(' ').at(-1),
      first.isBest,
    ]);
    expect(words.slice(0, 2)).toEqual([
      ['tanh', 'better', true],
      ['LSTM', 'worse', false],
    ]);
    expect(isReadable(Array.from({ length: 30 }))).toBe(true);
    expect(isReadable(Array.from({ length: 31 }))).toBe(false);
  });

  it('says a weakness of several units in one line', () => {
    const single = weaknesses(experiment(UNITS)).filter((line) =>
      line.startsWith('A single learning rate was tried: '),
    );
    expect(single).toEqual([
      'A single learning rate was tried: tanh; GRU; LSTM; GRU, reset after; MGU; RAN; SRU; CIFG; UGRNN.',
    ]);
    expect(weaknesses(experiment(UNITS.slice(0, 2)))).toContain('tanh: a single learning rate was tried.');
  });
});

describe('lists', () => {
  it('tell names with commas apart', () => {
    expect(listText(['GRU', 'LSTM', 'tanh'])).toBe('GRU, LSTM and tanh');
    expect(listText(['GRU', 'LSTM, plain', 'tanh'])).toBe('GRU; LSTM, plain and tanh');
    expect(joined(['GRU', 'LSTM, plain'])).toBe('GRU; LSTM, plain');
  });
});

describe('a panel of differences', () => {
  const pairs = (levels: readonly number[]) =>
    levels.map((mean) => ({
      ...{ dataset: 'set', rule: 'per frame' as const, units: ['a', 'gru'] as const },
      ...{
        differences: [],
        shared: 6,
        failed: [],
        test: { n: 6, mean, interval: 0.1 },
        word: 'not distinguishable' as const,
      },
    }));

  it('reaches as far as all units but one that diverges', () => {
    const usual = [-0.1, 0, 0.1, 0.2, 0.3];
    expect(reachOf(pairs(usual))).toBeGreaterThan(0.4);
    expect(reachOf(pairs([...usual, 24]))).toBeLessThan(2);
    expect(reachOf(pairs([...usual, 24]))).toBeGreaterThan(0.4);
    expect(reachOf(pairs([0, 24]))).toBe(Number.POSITIVE_INFINITY);
    expect(pairs([24.617, -3]).map(beyondText)).toEqual(['+24.617 ± 0.100 →', '← −3.000 ± 0.100']);
  });
});

describe('the height of a panel of curves', () => {
  const curve = (nlls: readonly number[]) => nlls.map((nll, i) => ({ epoch: i + 1, nll }));
  const falling = Array.from({ length: 200 }, (_, i) => 8 + 4 * Math.exp(-i / 20));

  it('leaves out single spikes, and nothing else', () => {
    const spiked = falling.map((nll, i) => (i === 90 ? 1000 : nll));
    expect(heightOfCurves(curve(falling)).hasSpikes).toBe(false);
    const { nlls, hasSpikes } = heightOfCurves(curve(spiked));
    expect(hasSpikes).toBe(true);
    expect(Math.max(...nlls)).toBe(Math.max(...heightOfCurves(curve(falling)).nlls));
  });

  it('shows curves that lie far above the others, and below 0', () => {
    const high = falling.map((nll) => 50 + nll);
    expect(heightOfCurves([...curve(falling), ...curve(high)]).hasSpikes).toBe(false);
    const negative = falling.map((nll) => nll - 20);
    expect(heightOfCurves(curve(negative))).toMatchObject({ hasSpikes: false });
  });
});
