import type { CurveRow } from '../../training/curve-row.js';
import type { RunFields } from '../messages.js';
import type { Curve } from './curves.js';

/** A run as the page shows it. */
export interface ShownRun extends Curve {
  readonly id: number;
  readonly fields: RunFields;
  /** Id of the music that it trains on. */
  readonly music: number;
  readonly hiddenSize: number;
  /** Of the recurrent layer. */
  readonly parameters: number;
  readonly rows: CurveRow[];
  best?: CurveRow;
  state: 'training' | 'stopped' | 'all epochs' | 'patience' | 'failed';
}

/** The paper's units keep the colours that they have in the report's figures. */
const PAPER_COLOURS: Readonly<Record<string, string>> = { gru: '--blue', tanh: '--orange', lstm: '--green' };
const OTHER_COLOURS = ['--purple', '--gold', '--red', '--teal', '--grey'];
const ALL_COLOURS = [...OTHER_COLOURS, ...Object.values(PAPER_COLOURS)];

/** A colour that no other run has, as long as there is one. */
export function colourFor(unit: string, runs: readonly ShownRun[]): string {
  const isFree = (colour: string) => runs.every((run) => run.colour !== colour);
  const own = PAPER_COLOURS[unit];
  if (own && isFree(own)) return own;
  return ALL_COLOURS.find(isFree) ?? ALL_COLOURS[runs.length % ALL_COLOURS.length];
}

/** What tells a run apart from those before it: the unit, and a number from the second of its kind on. */
export function titleFor(unitTitle: string, unit: string, runs: readonly ShownRun[]): string {
  const numbers = runs
    .filter(({ fields }) => fields.unit === unit)
    .map(({ title }) => Number(/\d+$/.exec(title)?.[0] ?? 1));
  return numbers.length === 0 ? unitTitle : `${unitTitle} ${Math.max(...numbers) + 1}`;
}
