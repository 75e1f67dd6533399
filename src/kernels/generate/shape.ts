import { gateName } from '../../model/graph/equations.js';
import type { Program } from './program.js';

/** A unit's UnitShape (native/unit.h): what packing, the weights' gradients and the workspace go by. */
export function shapeText(program: Program): string[] {
  const { unit, groups, operands, carries, diagonals, columns } = program;
  const counts = {
    states: unit.states.length,
    gates: unit.gates.length,
    groups: groups.length,
    operands,
    weights: unit.weights.length,
    carries,
    diagonals: diagonals.length,
    extras: columns.length,
  };
  return [
    'static constexpr UnitShape shape = {',
    ...Object.entries(counts).map(([name, count]) => `/*${name}=*/${count},`),
    ...list('gate', gateRows(program)),
    ...list('group', groupRows(program)),
    ...list(
      'diagonal',
      diagonals.map(({ weight, gate, state, isBefore }) => `{${weight}, ${gate}, ${state}, ${isBefore}},`),
    ),
    `/*extra=*/{${columns.join(', ')}}};`,
  ];
}

function gateRows({ unit, groups }: Program): string[] {
  return unit.gates.map((gate) => {
    const group = groups.findIndex(({ gates }) => gates.includes(gate));
    const position = groups[group].gates.indexOf(gate);
    return `{${group}, ${position}, ${gate.input}, ${gate.bias !== null}},  // ${gateName(unit, gate)}`;
  });
}

function groupRows({ groups }: Program): string[] {
  return groups.map(({ gates, place, vanishes }) => {
    const operand = place === null ? 'none' : place.kind === 'operand' ? 'computed' : 'state';
    return `{${gates.length}, Operand::${operand}, ${place?.index ?? 0}, ${vanishes}},`;
  });
}

function list(name: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [`/*${name}=*/{},`] : [`/*${name}=*/{`, ...rows, '},'];
}
