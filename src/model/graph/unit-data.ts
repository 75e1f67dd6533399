import { z } from 'zod';
import { Misuse } from '../../platform/failure.js';
import { UNPRINTABLE } from '../../platform/printable.js';
import { defineUnit, type Gate, type Unit, type Weight } from './define-unit.js';
import { equationText } from './equations.js';
import { type Expression, OPERANDS, OPERATIONS, type Operation } from './expression.js';
import { unitHash } from './unit-hash.js';
import { MOST_PARTS } from './unit-rules.js';
import { reachable } from './walk.js';

/** The number of an earlier step. */
const place = z.int().min(0);
const text = z
  .string()
  .max(200)
  .refine((line) => !UNPRINTABLE.test(line), {
    error: 'has characters that break a line or steer a terminal',
  });

/** Bounds what a file can make the program build; the graph's own limit is lower. */
const MOST_STEPS = 2000;

const stepSchema = z.union([
  z.strictObject({ state: text }),
  z.strictObject({ constant: z.number() }),
  z.strictObject({ weight: text, start: z.number() }),
  z.strictObject({
    gate: text,
    input: z.boolean(),
    recurrent: place.nullable(),
    bias: z.number().nullable(),
  }),
  z.strictObject({ operation: z.enum(OPERATIONS), of: z.array(place).min(1).max(4) }),
]);

type Step = z.infer<typeof stepSchema>;

/** A unit as files hold it: its equations as a reader wants them and as the program does, and their hash. */
export const unitDataSchema = z.strictObject({
  name: text,
  title: text,
  source: text,
  /** SHA-256 of the canonical text. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** As `equationText` prints them. */
  equations: z.array(z.string().max(100_000)),
  /** What is computed, each step from those before it. */
  steps: z.array(stepSchema).max(MOST_STEPS),
  /** Of each state, the step that is its next value; the hidden state first. */
  states: z
    .array(z.strictObject({ name: text, after: place }))
    .min(1)
    .max(MOST_PARTS),
});

export type UnitData = z.infer<typeof unitDataSchema>;

/** All of a unit as plain data, from which `unitFromData` makes it again. */
export function unitData(unit: Unit): UnitData {
  const { name, title, source, states, gates, weights } = unit;
  const order = stepsOf(unit);
  const placeOf = new Map(order.map((one, i) => [one, i]));
  const at = (one: Expression) => placeOf.get(one) as number;
  const step = (one: Expression): Step => {
    switch (one.kind) {
      case 'state':
        return { state: String(one.data) };
      case 'constant':
        return { constant: Number(one.data) };
      case 'weight': {
        const { name: weight, start } = weights.find(({ vector }) => vector === one) as Weight;
        return { weight, start };
      }
      case 'gate': {
        const { name: gate, input, recurrent, bias } = gates.find(({ sum }) => sum === one) as Gate;
        return { gate, input, recurrent: recurrent && at(recurrent), bias };
      }
      default:
        return { operation: one.kind as Operation, of: one.operands.map(at) };
    }
  };
  return {
    name,
    title,
    source,
    hash: unitHash(unit),
    equations: equationText(unit),
    steps: order.map(step),
    states: states.map((state) => ({ name: state.name, after: at(state.after) })),
  };
}

/** All that a unit computes, gates and weights in the order of their parameters, each after what it is made of. */
function stepsOf({ states, gates, weights }: Unit): Expression[] {
  return reachable([
    ...states.flatMap(({ before, after }) => [before, after]),
    ...gates.flatMap(({ sum, recurrent }) => (recurrent ? [sum, recurrent] : [sum])),
    ...weights.map(({ vector }) => vector),
  ]);
}

/**
 * The unit that data describe.
 *
 * @throws Misuse where they describe none, or one with another hash than they say
 */
export function unitFromData({ name, title, source, hash, steps, states }: UnitData): Unit {
  const refuse = (what: string) => new Misuse(`unit ${name}: ${what}`);
  const unit = defineUnit(name, { title, source, states: states.map((state) => state.name) }, (context) => {
    const { gate, weight, constant } = context;
    const built: Expression[] = [];
    const at = (i: number) => {
      if (i < built.length) return built[i];
      throw refuse('its steps are not in order');
    };
    const build = (step: Step): Expression => {
      if ('state' in step) {
        if (states.some((state) => state.name === step.state)) return context[step.state];
        throw refuse(`it reads the state ${step.state}, which it does not have`);
      }
      if ('constant' in step) return constant(step.constant);
      if ('weight' in step) return weight(step.weight, step.start);
      if ('gate' in step) {
        const { input, recurrent, bias } = step;
        return gate(step.gate, {
          input,
          recurrent: recurrent === null ? null : at(recurrent),
          bias: bias ?? false,
        });
      }
      const operands = step.of.map(at);
      if (operands.length !== OPERANDS[step.operation])
        throw refuse(`${step.operation} does not take ${operands.length} operands`);
      return operands[0].graph.apply(step.operation, ...operands);
    };
    for (const step of steps) built.push(build(step));
    return Object.fromEntries(states.map((state) => [state.name, at(state.after)]));
  });
  if (unitHash(unit) !== hash) throw refuse('its equations are not those of its hash');
  return unit;
}
