import { Command, CommanderError } from 'commander';
import { Failure, Misuse } from '../platform/failure.js';
import { PACKAGE_VERSION } from '../platform/folders.js';
import { internalErrorText } from '../platform/internal-error.js';
import { benchCommand } from './bench.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { completionCommand } from './completion.js';
import { datasetsCommand } from './datasets.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { misread, withKnownCommand } from './misread-words.js';
import { outliveOutput } from './output.js';
import { playCommand } from './play.js';
import { reportCommand } from './report.js';
import { reproduceCommand } from './reproduce.js';
import { reproduceTaskCommand } from './reproduce-task.js';
import { runsCommand } from './runs.js';
import { sampleCommand } from './sample.js';
import { print } from './text.js';
import { trainCommand } from './train.js';
import { unitsCommand } from './units.js';

const EXAMPLES = `
Examples:
  gru-bench train --model gru --dataset demo-music --epochs 3
  gru-bench train --model lstm --dataset nottingham
  gru-bench runs --sort valid
  gru-bench compare runs/first runs/second --out page.html
  gru-bench reproduce quick
  gru-bench report results/quick
  gru-bench check
  gru-bench evaluate runs/my-run --split test
  gru-bench sample runs/my-run --out piece.mid
  gru-bench play
  gru-bench datasets info nottingham
  gru-bench units show gru
  gru-bench train --model ./my-unit.mjs --dataset demo-music
  gru-bench doctor

Environment:
  GRU_BENCH_DATA    folder with the data sets' files
  GRU_BENCH_CACHE   folder for downloads and libraries
  GRU_BENCH_DEBUG   1: show where an internal error comes from`;

/** Runs the command line and sets the exit code: 2 for misuse, 1 for a failed run or check. */
export async function main(words: readonly string[]): Promise<void> {
  outliveOutput();
  const program = commandLine();
  try {
    await program.parseAsync(await withKnownCommand(program, words), { from: 'user' });
  } catch (error) {
    const isRefused = error instanceof CommanderError && error.exitCode !== 0;
    const isToTell = isRefused && error.code !== 'commander.help';
    process.exitCode = report(isToTell ? await misread(program, words, error) : error);
  }
}

/** The program with all its commands. */
export function commandLine(): Command {
  const program = new Command('gru-bench')
    .description(
      'Compare recurrent units, tanh, LSTM, GRU or your own, on music and speech, as Chung et al. (2014) did',
    )
    .version(PACKAGE_VERSION, '--version')
    .option('--no-color', 'no colours; so does NO_COLOR')
    .addHelpText('after', EXAMPLES)
    .hook('preAction', (_, command) => refuseEmpty(command));
  for (const command of [
    trainCommand(),
    runsCommand(),
    compareCommand(),
    reproduceCommand(),
    reportCommand(),
    checkCommand(),
    evaluateCommand(),
    sampleCommand(),
    playCommand(),
    datasetsCommand(),
    unitsCommand(),
    benchCommand(),
    doctorCommand(),
    completionCommand(),
  ])
    program.addCommand(command);
  program.addCommand(reproduceTaskCommand(), { hidden: true });
  for (const command of everyCommand(program)) {
    command.exitOverride();
    command.showSuggestionAfterError(false);
    command.configureOutput({ outputError: () => {} });
  }
  return program;
}

/**
 * Such as `--out "$FOLDER"` where the shell has no FOLDER: an empty path would be the working folder.
 *
 * @throws Misuse
 */
function refuseEmpty(command: Command): void {
  const isEmpty = (value: unknown) => [value].flat().includes('');
  const option = command.options.find((one) => isEmpty(command.getOptionValue(one.attributeName())));
  const argument = command.registeredArguments.find((_, i) => isEmpty(command.processedArgs[i]));
  const name = option?.long ?? argument?.name();
  if (name !== undefined) throw new Misuse(`${name} is empty`);
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Prints an error as its one line. @returns the exit code */
function report(error: unknown): number {
  // Help was printed: it was asked for, or nothing was.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Failure) return tell(error.message, error.exitCode);
  if (process.env.GRU_BENCH_DEBUG) console.error(error);
  return tell(`${internalErrorText(error)} (GRU_BENCH_DEBUG=1 shows where)`, 1);
}

function tell(message: string, exitCode: number): number {
  print([`gru-bench: ${message}`], process.stderr);
  return exitCode;
}
