import { describe, expect, it } from 'vitest';
import { unitLatex } from '../../src/drawing/latex.js';
import { UNITS, unitNamed } from '../../src/model/units/registry.js';
import { ODD_UNITS } from './odd-units.js';

const linesOf = (latex: string) => latex.split('\n').slice(1, -1);
const named = (name: string) => linesOf(unitLatex(ODD_UNITS.find((unit) => unit.name === name) as never));

describe('equations in LaTeX', () => {
  it('read as the paper prints them', () => {
    expect(unitLatex(unitNamed('gru'))).toBe(String.raw`\begin{aligned}
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
\tilde{h}_t &= \tanh(W x_t + U (r_t \odot h_{t-1}) + b) \\
h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t
\end{aligned}`);
    expect(linesOf(unitLatex(unitNamed('lstm'))).slice(-3)).toEqual([
      String.raw`c_t &= f_t \odot c_{t-1} + i_t \odot \tilde{c}_t \\`,
      String.raw`o_t &= \sigma(W_o x_t + U_o h_{t-1} + b_o + V_o \odot c_t) \\`,
      String.raw`h_t &= o_t \odot \tanh(c_t)`,
    ]);
  });

  it('have a product with U alone within the equation that reads it', () => {
    expect(unitLatex(unitNamed('gru-after'))).toContain(
      String.raw`\tilde{h}_t &= \tanh(W x_t + b + r_t \odot (U_h h_{t-1} + b_h))`,
    );
  });

  it('set brackets, fractions, words and numbers', () => {
    expect(named('subtractions').slice(1)).toEqual([
      String.raw`f_t &= \sigma(1 - (W_f x_t + U_f h_{t-1} + b_f) + V_f \odot h_{t-1}) \\`,
      String.raw`\mathrm{clock}_t &= \mathrm{relu}(U_{\mathrm{clock}} h_{t-1} - V_k \odot i_t) \\`,
      String.raw`c_t &= i_t \odot \mathrm{clock}_t + f_t \odot c_{t-1} - \exp(-\mathrm{clock}_t) \\`,
      String.raw`h_t &= \frac{\tanh(c_t)}{1 + f_t}`,
    ]);
    expect(named('names-of-others').at(-1)).toBe(
      String.raw`\mathrm{candidate}_t &= (V + 2) \odot \bar{x}_{t-1} - (-0.5)`,
    );
  });

  it.each([...UNITS, ...ODD_UNITS].map((unit) => [unit.name, unit] as const))(
    'of %s call each value by a name of its own, the states by theirs',
    (_, unit) => {
      const names = linesOf(unitLatex(unit)).map((line) => line.split(' &= ')[0]);
      expect(new Set(names).size).toBe(names.length);
      for (const { name } of unit.states)
        expect(names.filter((one) => one.replaceAll(/\\\w+|[{}]/g, '') === `${name}_t`)).not.toEqual([]);
    },
  );
});
