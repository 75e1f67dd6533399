import type { Unit } from '../model/graph/define-unit.js';
import { equationText } from '../model/graph/equations.js';
import { Failure } from '../platform/failure.js';
import { diagramOf } from './diagram.js';
import { layoutOf, MOST_NODES } from './layout.js';
import { drawSvg } from './svg.js';

/**
 * One step of a unit as an SVG document: from the states before it at the left to those after it at the right. It
 * follows from the equations alone, and is the same for the same ones.
 *
 * @throws Failure for a unit of so many operations that no figure of it could be read
 */
export async function unitFigure(unit: Unit): Promise<string> {
  const diagram = diagramOf(unit);
  if (diagram.length > MOST_NODES)
    throw new Failure(
      `unit ${unit.name}: its figure would have ${diagram.length} parts, and more than ${MOST_NODES} cannot be read`,
    );
  return drawSvg(diagram, await layoutOf(diagram), {
    name: unit.name,
    title: unit.title,
    description: `One step of the unit: ${equationText(unit).join('; ')}`,
  });
}
