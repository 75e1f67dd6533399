import { loopText } from './loop.js';
import { addressOf, groupAddress } from './places.js';
import type { Instruction, Product, Program } from './program.js';

/** C++ of instructions, in the terms of native/step.h; a line each, not indented. */
export function emit(program: Program, instructions: readonly Instruction[]): string[] {
  return instructions.flatMap((one) =>
    one.kind === 'loop' ? loopText(program, one) : productText(program, one),
  );
}

function productText(program: Program, { group, place, isTransposed, adds, atFirst }: Product): string[] {
  const units = `${addressOf(program, place).base}, s.units_row`;
  const gates = `${groupAddress(group)}, s.gates_row`;
  const multiply = isTransposed
    ? `multiply(s, ${gates}, s.weights.U_transposed[${group}], ${units}, ${adds});`
    : `multiply(s, ${units}, s.weights.U[${group}], ${gates}, ${adds});`;
  switch (atFirst) {
    case 'computed':
      return [multiply];
    case 'left out':
      return [`if (!s.first) ${multiply}`];
    case 'cleared':
      return ['if (s.first)', `clear_rows(s, ${addressOf(program, place).base});`, 'else', multiply];
  }
}
