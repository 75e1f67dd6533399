import { existsSync } from 'node:fs';
import type { Command, CommanderError } from 'commander';
import { isDatasetName } from '../data/dataset-names.js';
import { Misuse } from '../platform/failure.js';
import { adviceOnName } from '../platform/nearest-name.js';

/*
 * Words of a command line that are none of its commands, options or choices: what was most likely meant, in the same
 * sentence as everywhere.
 */

/** A command, and the words that lead to it. */
interface Called {
  readonly command: Command;
  readonly path: readonly string[];
}

/**
 * The words, those of `help COMMAND` as `COMMAND --help`.
 *
 * @throws Misuse where a word in the place of a command is none
 */
export async function withKnownCommand(program: Command, words: readonly string[]): Promise<string[]> {
  const { path, isHelp, unknown } = follow(program, words);
  if (unknown !== undefined) throw await noCommand({ command: commandAt(program, path), path }, unknown);
  return isHelp ? [...path, '--help'] : [...words];
}

/** Follows words to the command that they call, or to the first one that should be a command and is not. */
function follow(program: Command, words: readonly string[]) {
  const path: string[] = [];
  let command = program;
  let isHelp = false;
  for (const word of words) {
    if (word === 'help') isHelp ||= command.commands.length > 0;
    const isOfProgram = command === program && program.options.some(({ long }) => long === word);
    if (word === 'help' || isOfProgram) continue;
    if (command.commands.length === 0 || word.startsWith('-')) break;
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return { path, command, isHelp, unknown: word };
    path.push(word);
    command = next;
  }
  return { path, command, isHelp };
}

const commandAt = (program: Command, path: readonly string[]) => follow(program, path).command;

async function noCommand({ command, path }: Called, word: string): Promise<Misuse> {
  const names = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
  const whole = (...more: string[]) => ['gru-bench', ...path, ...more].join(' ');
  const shown = (await shownBy(path[0], word)) ?? '';
  const advice = shown ? `did you mean \`${whole(shown, word)}\`?` : adviceOnName(word, names);
  return new Misuse(`there is no command \`${whole(word)}\`; ${advice}`);
}

/** The command of a group that shows what a word names, where that is something to show. */
async function shownBy(group: string | undefined, word: string): Promise<string | undefined> {
  if (group === 'datasets') return isDatasetName(word) || existsSync(word) ? 'info' : undefined;
  if (group !== 'units') return undefined;
  const { isUnitFile } = await import('../model/own-unit.js');
  const { UNIT_NAMES } = await import('../model/units/registry.js');
  return UNIT_NAMES.includes(word) || isUnitFile(word) ? 'show' : undefined;
}

/** What is wrong with words that commander refuses. */
export async function misread(
  program: Command,
  words: readonly string[],
  { code, message }: CommanderError,
): Promise<Misuse> {
  const told = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, option] = /^unknown option '(.*)'$/.exec(told) ?? [];
  if (code === 'commander.unknownOption' && option !== undefined)
    return noOption(follow(program, words), option);
  const choice =
    /^(?:option '([^' ]+)[^']*' argument|command-argument value) '(.*)' is invalid.* Allowed choices are (.*)\.$/;
  const [, flag, value, choices] = choice.exec(told) ?? [];
  if (choices === undefined) return new Misuse(told);
  const names = choices.split(', ');
  const subject = flag === undefined ? value : `${flag} ${value}`;
  return new Misuse(`${subject}: ${adviceOnName(value, names, `it has to be one of ${choices}`)}`);
}

async function noOption({ command, path }: Called, option: string): Promise<Misuse> {
  const known = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
  const called = ['gru-bench', ...path].join(' ');
  const field = command.name() === 'reproduce' ? await fieldOf(option) : undefined;
  const advice = field
    ? `the experiment file says it: ${field}`
    : adviceOnName(option, [...known, '--help'], `\`${called} --help\` has all`);
  return new Misuse(`\`${called}\` has no option ${option}; ${advice}`);
}

/** The field of an experiment file that says what an option would. */
async function fieldOf(option: string): Promise<string | undefined> {
  const { knownFields } = await import('../experiment/config.js');
  const name = option.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const places = [[], ['training'], ['search'], ['search', 'space'], ['slurm']];
  const place = places.find((path) => knownFields(path).includes(name));
  return place && [...place, name].join('.');
}
