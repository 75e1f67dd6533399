import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { commandLine } from '../../src/cli/main.js';

interface Named {
  readonly path: readonly string[];
  readonly command: Command;
}

function below({ path, command }: Named): Named[] {
  const inside = command.commands.map((one) => ({ path: [...path, one.name()], command: one }));
  return [{ path, command }, ...inside.flatMap(below)];
}

/** That which people do not call has no examples. */
const COMMANDS = below({ path: [], command: commandLine() }).filter(
  ({ path }) => path[0] !== 'reproduce-task',
);

function helpOf(command: Command): string {
  let help = '';
  const before = command.configureOutput();
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  command.configureOutput(before);
  return help;
}

/** The words of each example, without what a shell does around it. */
const examplesOf = (help: string) =>
  [...(help.split('\nExamples:\n')[1] ?? '').matchAll(/^ {2}(?:[A-Z_]+=\S+ )?gru-bench ?([^|>\n]*)/gm)].map(
    ([, words]) => words.trim().split(' ').filter(Boolean),
  );

it.each(COMMANDS.map((one) => [one.path.join(' '), one] as const))(
  '`%s --help` has examples, of its own options',
  (_, { path, command }) => {
    const examples = examplesOf(helpOf(command));
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.some((words) => path.every((word, i) => words[i] === word))).toBe(true);
    for (const words of examples) {
      const called = COMMANDS.filter((one) => one.path.every((word, i) => words[i] === word)).at(-1) as Named;
      expect(called.path.length, words.join(' ')).toBeGreaterThan(0);
      const known = called.command.options.map(({ long }) => long);
      for (const word of words.filter((one) => one.startsWith('--'))) expect(known).toContain(word);
    }
  },
);

it.each(COMMANDS.map((one) => [one.path.join(' '), one.command] as const))(
  '`%s --help` says each default once',
  (_, command) => {
    const options = helpOf(command)
      .replaceAll(/\s+/g, ' ')
      .split(/ (?=--?[a-z])/);
    expect(options.filter((text) => (text.match(/default: /g) ?? []).length > 1)).toEqual([]);
  },
);
