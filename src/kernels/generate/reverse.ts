import { sharesOf } from '../../model/graph/derivatives.js';
import { gateName } from '../../model/graph/equations.js';
import type { Expression } from '../../model/graph/expression.js';
import type { Diagonal, Place, PlaceKind, Store } from './program.js';
import type { Stages } from './stages.js';

/** The gradient of a step: what each stage stores, and what else it takes. */
export interface Reverse {
  readonly stages: ReadonlyMap<number, readonly Store[]>;
  /** The stage that ends the backward pass. */
  readonly lowest: number;
  /** Expressions whose gradient several stages add up. */
  readonly carried: readonly Expression[];
  readonly diagonals: readonly Diagonal[];
  readonly columns: readonly number[];
  /** Leaves that stand for what is in memory when a stage begins. */
  readonly kept: ReadonlyMap<Expression, Place>;
  /** What gradients are called. */
  readonly names: ReadonlyMap<Expression, string>;
}

/** A summand of a gradient. */
interface Term {
  readonly stage: number;
  readonly value: Expression;
  /** Number of the expression that passes it on; −1 for what another step or a product does. */
  readonly from: number;
  /** Whether it comes through a product with a weight vector. */
  readonly isWeighted: boolean;
}

interface Pass {
  readonly of: Stages;
  readonly terms: Map<Expression, Term[]>;
  readonly carried: Expression[];
  /** Of each gate's number, the gradient of its sum. */
  readonly deltas: Map<number, Expression>;
  readonly diagonals: Diagonal[];
  readonly columns: number[];
  readonly kept: Map<Expression, Place>;
  readonly names: Map<Expression, string>;
}

/** Reverse-mode differentiation of a step, stage by stage from the last. */
export function reverse(of: Stages): Reverse {
  return of.unit.graph.derive(() => derivatives(of));
}

function derivatives(of: Stages): Reverse {
  const empty = { terms: new Map(), carried: [], deltas: new Map(), diagonals: [], columns: [] };
  const pass: Pass = { of, ...empty, kept: new Map(), names: new Map() };
  for (const [k, { name, after }] of of.unit.states.entries()) {
    const fromLater = keep(pass, 'gradient', k);
    pass.names.set(fromLater, `d${name}_later`);
    addTerm(pass, after, of.completeIn(after), fromLater);
  }
  for (const { operand, place, stage } of of.groups)
    if (operand && place?.kind === 'operand')
      addTerm(pass, operand, stage - 1, keep(pass, 'product', place.index));
  const lowest = Math.min(0, ...differentiable(of).map(of.completeIn));
  const stages = new Map<number, Store[]>();
  for (let stage = of.last; stage >= lowest; stage--)
    stages.set(stage, [
      ...passOn(pass, stage),
      ...carryOn(pass, stage),
      ...handBack(pass, stage),
      ...addWeights(pass, stage),
    ]);
  return { ...pass, stages, lowest, diagonals: pass.diagonals.reverse() };
}

const differentiable = ({ all }: Stages) => all.filter(({ kind }) => kind !== 'constant');

/** The leaf that stands for what a place holds when a stage begins. */
function keep({ of, kept }: Pass, kind: PlaceKind, index: number): Expression {
  const leaf = of.unit.graph.leaf('kept', `${kind} ${index}`);
  kept.set(leaf, { kind, index });
  return leaf;
}

function addTerm(pass: Pass, to: Expression, stage: number, value?: Expression, from?: Expression): void {
  if (!value || value.is(0)) return;
  const isWeighted = from?.operands.some(({ kind }) => kind === 'weight') ?? false;
  const term = { stage, value, from: from?.id ?? -1, isWeighted };
  pass.terms.set(to, [...(pass.terms.get(to) ?? []), term]);
}

const termsOf = (pass: Pass, of: Expression, stage: number) =>
  (pass.terms.get(of) ?? []).filter((term) => term.stage === stage);

/** Gradients that are complete go on to operands; where they reach a gate, they take its place. */
function passOn(pass: Pass, stage: number): Store[] {
  const { unit, completeIn } = pass.of;
  const stores: Store[] = [];
  const complete = differentiable(pass.of).filter((one) => completeIn(one) === stage);
  for (const one of complete.reverse()) {
    if (one.kind === 'state' || one.kind === 'weight') continue;
    const gradient = total(pass, termsOf(pass, one, stage), carryOf(pass, one));
    nameGradient(pass, one, gradient);
    const gate = unit.gates.findIndex(({ sum }) => sum === one);
    if (gate >= 0) {
      pass.deltas.set(gate, gradient);
      stores.push({ to: { kind: 'gate', index: gate }, value: gradient });
    } else if (!gradient.is(0)) {
      const shares = sharesOf(one, gradient);
      for (const [i, operand] of one.operands.entries()) addTerm(pass, operand, stage, shares[i], one);
    }
  }
  return stores;
}

/** What a later stage completes waits in a place of its own. */
function carryOn(pass: Pass, stage: number): Store[] {
  const isCarried = ({ kind }: Expression) => kind !== 'state' && kind !== 'weight' && kind !== 'constant';
  return [...pass.terms.keys()]
    .filter((one) => isCarried(one) && pass.of.completeIn(one) !== stage)
    .flatMap((one) => carry(pass, one, stage));
}

/** The gradients of the states before the step. */
function handBack(pass: Pass, stage: number): Store[] {
  return pass.of.unit.states.flatMap(({ before, after }, index): Store[] => {
    const terms = termsOf(pass, before, stage);
    const to = { kind: 'gradientBefore', index } as const;
    if (index === 0)
      return terms.length > 0 ? [{ to, value: total(pass, terms, keep(pass, to.kind, 0)) }] : [];
    if (after.kind === 'stopped') return [];
    // It takes the place of the gradient of the state after, which has to have been read for the last time.
    const isComplete = stage === Math.min(pass.of.completeIn(before), pass.of.completeIn(after));
    return isComplete
      ? [{ to, value: total(pass, terms, carryOf(pass, before)) }]
      : carry(pass, before, stage);
  });
}

/** The gradients of weight vectors: sums over frames of what is kept anyway where that will do, else of a column. */
function addWeights(pass: Pass, stage: number): Store[] {
  return pass.of.unit.weights.flatMap((_, i, weights): Store[] => {
    const weight = weights.length - 1 - i;
    return termsOf(pass, weights[weight].vector, stage).flatMap(({ value }): Store[] => {
      const factors = factorsOf(pass, value);
      if (factors) {
        pass.diagonals.push({ weight, ...factors });
        return [];
      }
      pass.columns.push(weight);
      return [{ to: { kind: 'column', index: pass.columns.length - 1 }, value }];
    });
  });
}

/** A gate's gradient and a state, where a value is their product. */
function factorsOf({ of, deltas }: Pass, value: Expression): Omit<Diagonal, 'weight'> | undefined {
  if (value.kind !== 'multiply') return undefined;
  const [delta, factor] = value.operands;
  const gate = [...deltas].find(([, gradient]) => gradient === delta)?.[0];
  if (gate === undefined) return undefined;
  const before = of.unit.states.findIndex((state) => state.before === factor);
  const after = of.unit.states.findIndex((state) => state.after === factor);
  if (before >= 0) return { gate, state: before, isBefore: true };
  return after >= 0 ? { gate, state: after, isBefore: false } : undefined;
}

function carryOf(pass: Pass, of: Expression): Expression | undefined {
  const index = pass.carried.indexOf(of);
  return index < 0 ? undefined : keep(pass, 'carry', index);
}

function carry(pass: Pass, of: Expression, stage: number): Store[] {
  const terms = termsOf(pass, of, stage);
  if (terms.length === 0) return [];
  const value = total(pass, terms, carryOf(pass, of));
  if (!pass.carried.includes(of)) pass.carried.push(of);
  return [{ to: { kind: 'carry', index: pass.carried.indexOf(of) }, value }];
}

/**
 * The sum of terms. Its order is a promise, since results are compared to the bit: what is there already, what comes
 * through weight vectors from the last use to the first, then the rest from the first use to the last.
 */
function total({ of }: Pass, terms: readonly Term[], start?: Expression): Expression {
  const isLeaf = ({ value }: Term) => value.operands.length === 0;
  const others = terms.filter((term) => !isLeaf(term));
  const order = [
    ...terms.filter(isLeaf),
    ...others.filter(({ isWeighted }) => isWeighted).sort((a, b) => b.from - a.from),
    ...others.filter(({ isWeighted }) => !isWeighted).sort((a, b) => a.from - b.from),
  ].map(({ value }) => value);
  const [first, ...rest] = start ? [start, ...order] : order;
  return rest.reduce((sum, value) => value.plus(sum), first ?? of.unit.graph.constant(0));
}

function nameGradient({ of: { unit }, names }: Pass, of: Expression, gradient: Expression): void {
  const state = unit.states.find(({ after }) => after === of);
  const gate = unit.gates.find(({ sum }) => sum === of);
  if (gate) names.set(gradient, `delta_${gateName(unit, gate)}`);
  else if (state) names.set(gradient, `d${state.name}_j`);
}
