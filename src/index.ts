/** The door for programs: own units, and training, evaluating and sampling as the command line does. */
export {
  type Context,
  defineUnit,
  type Equations,
  type Gate,
  type GateOptions,
  type State,
  type Unit,
  type UnitOptions,
  type Weight,
} from './model/graph/define-unit.js';
export {
  type Expression,
  exp,
  max,
  type Operand,
  relu,
  sigmoid,
  softplus,
  stopped,
  tanh,
} from './model/graph/expression.js';
