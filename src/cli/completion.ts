import { Argument, Command, type Option } from 'commander';
import { datasetNames } from '../data/dataset-names.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const EXAMPLES = `
Examples:
  gru-bench completion bash > ~/.local/share/bash-completion/completions/gru-bench
  gru-bench completion zsh > "\${fpath[1]}/_gru-bench"
  gru-bench completion fish > ~/.config/fish/completions/gru-bench.fish`;

/** `gru-bench completion`: a script by which a shell completes commands, options and their values. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print a script for your shell that completes commands, options and values')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell, _, command: Command) => {
      const { UNIT_NAMES } = await import('../model/units/registry.js');
      const program = command.parent as Command;
      process.stdout.write(`${SCRIPTS[shell](commandsOf(program, UNIT_NAMES)).join('\n')}\n`);
    });
}

/** A command as a shell needs it. */
interface Completed {
  /** Such as `datasets info`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Values of its argument, where they are known; otherwise it takes files. */
  readonly values: readonly string[];
}

interface CompletedOption {
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

function commandsOf(command: Command, units: readonly string[], path = ''): Completed[] {
  const valuesNamed = valuesOf(units);
  const own = {
    path,
    description: command.description(),
    subcommands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: command.options
      .filter(({ hidden }) => !hidden)
      .flatMap((one) => completedOption(one, valuesNamed)),
    values: command.registeredArguments.flatMap((one) => one.argChoices ?? valuesNamed(one.name())),
  };
  return [
    own,
    ...command.commands.flatMap((one) => commandsOf(one, units, path ? `${path} ${one.name()}` : one.name())),
  ];
}

function completedOption(
  { long, description, required, optional, argChoices, flags }: Option,
  valuesNamed: ValuesNamed,
): CompletedOption[] {
  if (!long) return [];
  const takesValue = required || optional;
  return [
    { flag: long, description, takesValue, values: argChoices ?? (takesValue ? valuesNamed(flags) : []) },
  ];
}

type ValuesNamed = (placeholder: string) => string[];

/** Names of data sets and of units where a placeholder asks for one. */
function valuesOf(units: readonly string[]): ValuesNamed {
  return (placeholder) => {
    if (/dataset|name\|folder/.test(placeholder)) return datasetNames();
    return /unit\|file/.test(placeholder) ? [...units] : [];
  };
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Completed[]) => string[]>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Words before the cursor that name a command, joined by spaces: the longest known path. */
function bashScript(commands: readonly Completed[]): string[] {
  const valueCases = optionsWithValues(commands).map(
    ({ path, flag, values }) => `    '${path}:${flag}') words='${values.join(' ')}' ;;`,
  );
  const wordCases = commands.map(({ path, subcommands, options, values }) => {
    const words = [...subcommands.map(({ name }) => name), ...values, ...options.map(({ flag }) => flag)];
    return `    '${path}') words='${words.join(' ')}' ;;`;
  });
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  const script = `# bash completion for gru-bench
_gru_bench() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.map((path) => `'${path}'`).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path:$previous" in
${valueCases.join('\n')}
    *) case "$path" in
${wordCases.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _gru_bench gru-bench`;
  return script.split('\n');
}

/** zsh reads the completion of bash. */
function zshScript(commands: readonly Completed[]): string[] {
  return [
    '#compdef gru-bench',
    'autoload -U +X bashcompinit && bashcompinit',
    ...bashScript(commands).slice(1),
    // Loaded from fpath, the first call has to complete as well.
    '[[ $funcstack[1] = _gru-bench ]] && _bash_complete -o default -F _gru_bench',
  ];
}

function fishScript(commands: readonly Completed[]): string[] {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ path, subcommands, options, values }) => {
    const condition = `-n ${quote(
      fishCondition(
        path,
        subcommands.map(({ name }) => name),
      ),
    )}`;
    const start = `complete -c gru-bench ${condition}`;
    return [
      ...subcommands.map(({ name, description }) => `${start} -f -a ${name} -d ${quote(description)}`),
      ...(values.length > 0 ? [`${start} -a ${quote(values.join(' '))}`] : []),
      ...options.map(({ flag, description, takesValue, values: ofOption }) => {
        const value = takesValue ? (ofOption.length > 0 ? ` -x -a ${quote(ofOption.join(' '))}` : ' -r') : '';
        return `${start} -l ${flag.slice(2)}${value} -d ${quote(description)}`;
      }),
    ];
  });
  return ['# fish completion for gru-bench', ...lines];
}

function fishCondition(path: string, subcommands: readonly string[]): string {
  if (path === '') return '__fish_use_subcommand';
  const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const unseen = subcommands.length > 0 ? [`not __fish_seen_subcommand_from ${subcommands.join(' ')}`] : [];
  return [...seen, ...unseen].join('; and ');
}

function optionsWithValues(commands: readonly Completed[]) {
  return commands.flatMap(({ path, options }) =>
    options.filter(({ values }) => values.length > 0).map(({ flag, values }) => ({ path, flag, values })),
  );
}
