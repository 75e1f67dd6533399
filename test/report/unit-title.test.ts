import { describe, expect, it } from 'vitest';
import type { UnitData } from '../../src/model/graph/unit-data.js';
import { markdownTable } from '../../src/report/markdown.js';
import { type UnitTitle, unitTitles } from '../../src/report/unit-title.js';
import { verdictOf } from '../../src/report/verdict/verdict.js';
import { noise, simulated } from './verdict/simulated.js';

function titlesOf(own: Readonly<Record<string, string>>): UnitTitle {
  const equations = Object.entries(own).map(([name, title]) => ({ name, title }) as UnitData);
  return unitTitles([{ units: ['gru', ...Object.keys(own)], equations }]);
}

describe('the title of a unit', () => {
  it('is the one that its file gives it, or its name where the results record none', () => {
    const titleOf = titlesOf({ 'lean-lstm': 'Lean LSTM' });
    expect(['gru', 'lean-lstm'].map(titleOf)).toEqual(['GRU', 'Lean LSTM']);
    expect(unitTitles([{ units: ['lean-lstm'] }])('lean-lstm')).toBe('lean-lstm');
  });

  it('tells units apart that have the same', () => {
    const titleOf = titlesOf({ 'my-gru': 'GRU', a: 'Mine', b: 'Mine', c: '' });
    expect(['gru', 'my-gru', 'a', 'b', 'c'].map(titleOf)).toEqual([
      'GRU',
      'GRU (my-gru)',
      'Mine (a)',
      'Mine (b)',
      'c',
    ]);
  });

  it('stands in the verdict', () => {
    const draw = noise(1, 1000);
    const found = simulated({
      ...{ units: ['gru', 'own'], seeds: 6, sequences: 10 },
      nll: (unit) => 3 - unit + 0.01 * draw(),
    });
    const { sentence } = verdictOf({ ...found, unitTitle: titlesOf({ own: 'My own' }) }).datasets[0];
    expect(sentence).toMatch(/^My own is better than GRU /);
  });

  it('leaves a table of Markdown its columns', () => {
    const table = { title: 'Any', names: 1, header: ['unit'], rows: [[{ text: 'a | b' }]] };
    expect(markdownTable(table)).toContain('| a \\| b |');
  });
});
