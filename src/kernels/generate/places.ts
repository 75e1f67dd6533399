import { gateName } from '../../model/graph/equations.js';
import type { Place, Program } from './program.js';

/** How the C++ text reaches a place. */
export interface Address {
  /** Name of a pointer to it, in the row at hand. */
  readonly pointer: string;
  /** Where the rows begin, in the terms of native/step.h. */
  readonly base: string;
  /** What rows are apart; a weight vector has none. */
  readonly row: 'gates_row' | 'units_row' | null;
}

export function addressOf(program: Program, { kind, index }: Place): Address {
  const { unit, operands, carries } = program;
  const state = () => unit.states[index].name;
  const numbered = (name: string, count: number) => (count > 1 ? `${name}_${index + 1}` : name);
  const units = (pointer: string, base: string): Address => ({ pointer, base, row: 'units_row' });
  switch (kind) {
    case 'gate':
      return { pointer: `${gateName(unit, unit.gates[index])}_at`, ...gateAddress(program, index) };
    case 'weight':
      return { pointer: weightName(program, index), base: `s.weights.V[${index}]`, row: null };
    case 'before':
      return units(`${state()}_before_at`, `s.before[${index}]`);
    case 'after':
      return units(`${state()}_at`, `s.after[${index}]`);
    case 'gradient':
      return units(`d${state()}_at`, index === 0 ? 's.dh' : `s.gradient[${index}]`);
    case 'gradientBefore':
      return index === 0
        ? units(`d${state()}_before_at`, 's.dh_before')
        : units(`d${state()}_at`, `s.gradient[${index}]`);
    case 'operand':
      return units(`${numbered('operand', operands)}_at`, `s.operand[${index}]`);
    case 'product':
      return units(`${numbered('d_operand', operands)}_at`, `s.product[${index}]`);
    case 'carry':
      return units(`${numbered('carry', carries)}_at`, `s.carry[${index}]`);
    case 'column':
      return {
        pointer: `d${weightName(program, program.columns[index])}_at`,
        base: `s.gates + s.weights.extra_columns[${index}]`,
        row: 'gates_row',
      };
  }
}

function gateAddress({ unit, groups }: Program, index: number): Pick<Address, 'base' | 'row'> {
  const group = groups.findIndex(({ gates }) => gates.includes(unit.gates[index]));
  const position = groups[group].gates.indexOf(unit.gates[index]);
  const within = position === 0 ? '' : position === 1 ? ' + H' : ` + ${position} * H`;
  return { base: `${groupAddress(group)}${within}`, row: 'gates_row' };
}

/** Where the columns of a group begin. */
export function groupAddress(group: number): string {
  return group === 0 ? 's.gates' : `s.gates + s.weights.columns[${group}]`;
}

function weightName({ unit }: Program, index: number): string {
  return `V_${unit.weights[index].name || 'at'}`;
}

/** Whether two places can be the same memory. */
export function samePlace(one: Place, other: Place): boolean {
  return one.index === other.index && memoryOf(one) === memoryOf(other);
}

/** h has a row for each frame, and so has its gradient; other states may have one a sequence. */
function memoryOf({ kind, index }: Place): string {
  if (index > 0 && kind === 'before') return 'after';
  if (index > 0 && kind === 'gradientBefore') return 'gradient';
  return kind;
}
