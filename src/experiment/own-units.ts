import { kernelsFor } from '../kernels/choice.js';
import { UNITS } from '../model/units/registry.js';
import type { Experiment } from './reproduce.js';

/**
 * Compiles the own units of an experiment, before its processes need them.
 *
 * @returns of each that has no fused kernels why not, as a line: it takes many times as long
 * @throws Failure where fused kernels are asked for by name and not to be had
 */
export async function compileOwnUnits({ cells }: Experiment): Promise<string[]> {
  const own = new Map(
    cells.filter(({ spec }) => !UNITS.includes(spec.unit)).map((cell) => [cell.unit, cell] as const),
  );
  const lines: string[] = [];
  for (const { spec, request } of own.values()) {
    const kernels = await kernelsFor(spec.unit, request.kernels, request.threads);
    if (kernels.name === 'composed' && request.kernels === 'auto')
      lines.push(`${spec.unit.name} runs on composed kernels, many times as slow: ${kernels.why}`);
  }
  return lines;
}
