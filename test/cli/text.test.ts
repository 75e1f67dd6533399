import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { hasColours, isLive, styled } from '../../src/cli/colour.js';
import { barLine } from '../../src/cli/progress-bars.js';
import { formatTable, wrap } from '../../src/cli/text.js';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const terminal = { isTTY: true, columns: 80 } as NodeJS.WriteStream;
const pipe = { isTTY: false } as unknown as NodeJS.WriteStream;

/** A terminal without what the environment of the tests says. */
function given(variables: Record<string, string>): void {
  const { CI, TERM, NO_COLOR, FORCE_COLOR, ...others } = environment;
  process.env = { ...others, TERM: 'xterm', ...variables };
}

describe('wrap', () => {
  it('breaks between words, within the columns, and loses nothing', () => {
    const words = fc.array(fc.stringMatching(/^[a-z,.]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 90 }), (list, columns) => {
        const lines = wrap(list.join(' '), columns);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        expect(lines.join(' ').split(/ +/)).toEqual(list);
      }),
    );
  });

  it('goes on below the second column, and two further in where there is none', () => {
    expect(wrap('model   gru, 46 units and more', 20)).toEqual([
      'model   gru, 46',
      '        units and',
      '        more',
    ]);
    expect(wrap('  one line of words', 12)).toEqual(['  one line', '    of words']);
  });

  it('leaves a word whole that is wider than the terminal', () => {
    expect(wrap('in /a/very/long/path/indeed now', 12)).toEqual([
      'in',
      '  /a/very/long/path/indeed',
      '  now',
    ]);
  });

  it('counts no columns for colours', () => {
    given({ FORCE_COLOR: '1' });
    const line = `${styled('red', 'does')} ${styled('red', 'not')} hold`;
    expect(wrap(line, 13)).toEqual([line]);
    expect(
      formatTable([
        ['a', styled('red', 'b'), 'c'],
        ['long', 'wide', 'x'],
      ])[0],
    ).toBe(`a     ${' '.repeat(1)}${' '.repeat(2)}${styled('red', 'b')}  c`);
  });
});

describe('a bar', () => {
  const fields = [
    { text: 'epoch 12/500', weight: 3 },
    { text: 'NLL 3.456', weight: 2 },
    { text: '3,580 updates/s', weight: 1 },
    { text: '1 min 20 s left', weight: 4 },
  ];

  it.each([
    [100, '============------------  50%  epoch 12/500  NLL 3.456  3,580 updates/s  1 min 20 s left'],
    [80, '======------  50%  epoch 12/500  NLL 3.456  3,580 updates/s  1 min 20 s left'],
    [60, ' 50%  epoch 12/500  NLL 3.456  1 min 20 s left'],
    [40, ' 50%  epoch 12/500  1 min 20 s left'],
    [24, ' 50%  1 min 20 s left'],
  ])('on %i columns keeps what matters most', (columns, line) => {
    expect(barLine(0.5, fields, columns)).toBe(line);
  });

  it('is never wider than the terminal', () => {
    const field = fc.record({ text: fc.stringMatching(/^[a-z]{0,50}$/), weight: fc.nat(5) });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        fc.array(field),
        fc.integer({ min: 8, max: 200 }),
        (share, list, columns) => {
          expect(barLine(share, list, columns).length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

describe('colours and cursor codes', () => {
  it.each([
    [{}, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, false, false],
    [{ CI: 'true' }, false, false],
    [{ CI: 'false' }, true, true],
    [{ FORCE_COLOR: '1', CI: 'true' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ])('on a terminal with %j: cursor codes %s, colours %s', (variables, live, colours) => {
    given(variables as Record<string, string>);
    expect([isLive(terminal), hasColours(terminal)]).toEqual([live, colours]);
  });

  it('a pipe gets neither, but colours where they are forced', () => {
    given({});
    expect([isLive(pipe), hasColours(pipe)]).toEqual([false, false]);
    given({ FORCE_COLOR: '1' });
    expect([isLive(pipe), hasColours(pipe)]).toEqual([false, true]);
  });

  it('--no-color goes before all', () => {
    given({ FORCE_COLOR: '1' });
    process.argv.push('--no-color');
    try {
      expect(hasColours(terminal)).toBe(false);
    } finally {
      process.argv.pop();
    }
  });
});
