import { z } from 'zod';
import { type BernoulliOutput, bernoulli } from './bernoulli.js';
import { type MixtureOutput, mixture } from './mixture.js';
import type { OutputLayer } from './output-layer.js';

/** What a model's output layer is, with its sizes. */
export type Output = BernoulliOutput | MixtureOutput;

const LAYERS = { bernoulli, mixture };

/** How the metadata of a model's file hold its output. */
export const outputSchema = z.discriminatedUnion('output', [bernoulli.schema, mixture.schema]);

export function layerOf({ kind }: Output): OutputLayer<Output> {
  return LAYERS[kind];
}
