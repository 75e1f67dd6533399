import { expect, it } from 'vitest';
import { runHere } from './command.js';

it.each([
  ['reproduec quick', 'there is no command `gru-bench reproduec`; did you mean reproduce?'],
  ['reproduec --help', 'there is no command `gru-bench reproduec`; did you mean reproduce?'],
  ['help reproduec', 'there is no command `gru-bench reproduec`; did you mean reproduce?'],
  ['--no-color dcotor', 'there is no command `gru-bench dcotor`; did you mean doctor?'],
  ['datasets inof', 'there is no command `gru-bench datasets inof`; did you mean info?'],
  ['help units chekc', 'there is no command `gru-bench units chekc`; did you mean check?'],
  [
    'datasets nottingham',
    'there is no command `gru-bench datasets nottingham`; did you mean `gru-bench datasets info nottingham`?',
  ],
  ['train --epocs 3', '`gru-bench train` has no option --epocs; did you mean --epochs?'],
  [
    'units check --quick',
    '`gru-bench units check` has no option --quick; `gru-bench units check --help` has all',
  ],
  [
    'reproduce quick --skip-broken',
    '`gru-bench reproduce` has no option --skip-broken; the experiment file says it: training.skipBroken',
  ],
  ['completion bahs', 'bahs: did you mean bash?'],
  ['runs --sort vlid', '--sort vlid: did you mean valid?'],
  ['completion tcsh-like', 'tcsh-like: it has to be one of bash, zsh, fish'],
])('%s: one line with what may be meant', async (words, message) => {
  expect(await runHere(words.split(' '))).toEqual({
    code: 2,
    stdout: '',
    stderr: `gru-bench: ${message}\n`,
  });
});

it('help before the words of a command is its --help', async () => {
  const { code, stdout } = await runHere(['help', 'units', 'check']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: gru-bench units check /);
});
