import { plural } from '../../platform/format-number.js';
import type { CellFindings } from '../findings.js';

import type { UnitExpectedBest } from '../verdict/verdict.js';
import { nllAxis, type Size, type Theme, unitColour, unitShape } from './theme.js';

const Y_TITLE = ['best validation NLL', 'per frame, nats'];

/** The search: the best validation NLL that each learning rate came to; those left at a rung are pale. */
export function searchPanel(
  cells: readonly CellFindings[],
  theme: Theme,
  more: Size & { title?: string },
): object {
  const points = cells.flatMap(({ unit, search, reported }) =>
    search
      .filter(({ valid_nll }) => valid_nll !== null)
      .map(({ learning_rate, valid_nll, status, draw }) => {
        const isBest = reported.some((row) => row.draw === draw);
        const left = status === 'rung' ? ', left at a rung' : '';
        const label = `${theme.unitTitle(unit)}, learning rate ${learning_rate.toExponential(2)}: ${valid_nll?.toFixed(3)}${left}${isBest ? ', the best' : ''}`;
        return { unit, rate: learning_rate, nll: valid_nll, left: left !== '', isBest, label };
      }),
  );
  return {
    ...more,
    data: { values: points },
    encoding: {
      x: {
        field: 'rate',
        type: 'quantitative',
        title: 'learning rate',
        scale: { type: 'log', nice: false, padding: 12 },
        axis: { tickCount: 4, format: '.0e', labelFlush: true },
      },
      y: nllAxis(
        points.map(({ nll }) => nll as number),
        Y_TITLE,
      ),
      color: unitColour(theme),
      shape: unitShape(theme),
      description: { field: 'label', type: 'nominal' },
    },
    layer: [
      {
        mark: { type: 'point', size: 50, strokeWidth: 1.6 },
        encoding: { opacity: { condition: { test: 'datum.left', value: 0.45 }, value: 1 } },
      },
      {
        transform: [{ filter: 'datum.isBest' }],
        mark: { type: 'point', filled: true, opacity: 1, size: 60 },
      },
    ],
  };
}

/** The best validation NLL that a search of so many draws may be expected to find, and how far it spreads. */
export function expectedBestPanel(
  units: readonly UnitExpectedBest[],
  theme: Theme,
  more: Size & { title?: string },
): object {
  const points = units.flatMap(({ unit, best }) =>
    best
      .filter(({ mean }) => Number.isFinite(mean))
      .map(({ draws, mean, deviation }) => {
        const label = `${theme.unitTitle(unit)}, ${plural(draws, 'draw')}: ${mean.toFixed(3)}, deviation ${deviation.toFixed(3)}`;
        return { unit, draws, nll: mean, low: mean - deviation, high: mean + deviation, label };
      }),
  );
  const most = Math.max(...points.map(({ draws }) => draws));
  const y = nllAxis(
    points.flatMap(({ nll, low, high }) => [nll, ...(low > 0 ? [low, high] : [])]),
    ['expected best', 'validation NLL, nats'],
  );
  return {
    ...more,
    data: { values: points },
    encoding: {
      x: {
        field: 'draws',
        type: 'quantitative',
        title: 'learning rates tried',
        scale: { nice: false, domain: [1, Math.max(most, 2)], padding: 8 },
        axis: { format: 'd', tickMinStep: 1, tickCount: 6 },
      },
      color: unitColour(theme),
      description: { field: 'label', type: 'nominal' },
    },
    layer: [
      {
        mark: { type: 'area', opacity: 0.12, clip: true },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      { mark: { type: 'line', strokeWidth: 1.6 }, encoding: { y } },
      {
        mark: { type: 'point', filled: true, opacity: 1, size: 45 },
        encoding: { y, shape: unitShape(theme) },
      },
    ],
  };
}
