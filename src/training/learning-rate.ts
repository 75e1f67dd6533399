import type { TrainingOptions } from './options.js';

/**
 * `linear`: from the learning rate down to 1 % of it over the run, or over `scheduleEpochs`. `constant`: the learning
 * rate throughout.
 */
export const SCHEDULES = ['linear', 'constant'] as const;

/** Share of the learning rate that a linear schedule ends at (the authors' public code). */
export const FINAL_SHARE = 0.01;

/** Epochs over which the learning rate changes; none where it does not. */
export function epochsOfSchedule({
  schedule,
  scheduleEpochs,
  epochs,
}: Pick<TrainingOptions, 'schedule' | 'scheduleEpochs' | 'epochs'>): number | undefined {
  return schedule === 'constant' ? undefined : (scheduleEpochs ?? epochs);
}

/** Learning rate of an update, counted from 0 over the whole run. */
export function learningRateAt(options: TrainingOptions, update: number, updatesAnEpoch: number): number {
  const updates = (epochsOfSchedule(options) ?? 0) * updatesAnEpoch;
  if (updates <= 1) return options.learningRate;
  const done = Math.min(update, updates - 1);
  return options.learningRate * (1 - ((1 - FINAL_SHARE) * done) / (updates - 1));
}
