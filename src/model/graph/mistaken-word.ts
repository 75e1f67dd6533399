import { guessText, nearestName } from '../../platform/nearest-name.js';
import { exp, max, relu, sigmoid, softplus, stopped, tanh } from './expression.js';
import { WORDS_OF_THE_CONTEXT } from './unit-rules.js';

/** What equations import from gru-bench. */
const FUNCTIONS = Object.keys({ exp, max, relu, sigmoid, softplus, stopped, tanh });
/** What an expression can do. */
const METHODS = ['plus', 'minus', 'times', 'dividedBy', 'negative'];

/**
 * What may be meant by the word that JavaScript does not know, as a clause to end its message with; empty where
 * nothing is near.
 *
 * @param message of the error that it throws
 */
export function adviceOnMistake(message: string): string {
  const [, name] = /^(\w+) is not defined$/.exec(message) ?? [];
  if (name !== undefined) {
    if (FUNCTIONS.includes(name)) return `; import { ${name} } from 'gru-bench'`;
    if (WORDS_OF_THE_CONTEXT.includes(name)) return `; equations are handed it: ({ ${name} }) => …`;
    return guessText(nearestName(name, [...FUNCTIONS, ...WORDS_OF_THE_CONTEXT]));
  }
  const [, method] = /\.(\w+) is not a function$/.exec(message) ?? [];
  return method === undefined || METHODS.includes(method) ? '' : guessText(nearestName(method, METHODS));
}
