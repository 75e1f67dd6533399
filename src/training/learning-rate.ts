import type { TrainingOptions } from './options.js';

/** `linear`: from the learning rate down to 1 % of it over the run. `constant`: the learning rate throughout. */
export const SCHEDULES = ['linear', 'constant'] as const;

/** Share of the learning rate that a linear schedule ends at (the authors' public code). */
const FINAL_SHARE = 0.01;

/** Learning rate of an update, counted from 0 over the whole run of `updates`. */
export function scheduledLearningRate(options: TrainingOptions, update: number, updates: number): number {
  if (options.schedule === 'constant' || updates <= 1) return options.learningRate;
  return options.learningRate * (1 - ((1 - FINAL_SHARE) * update) / (updates - 1));
}
