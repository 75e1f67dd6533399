import { Command, Option } from 'commander';
import type { OtherDigits } from '../kernels/digits.js';
import type { EngineState } from '../kernels/engines.js';
import { BACKENDS, type BackendChoice } from '../platform/backend-names.js';
import type { Diagnosis } from '../platform/diagnosis.js';
import type { Installation } from '../platform/installation.js';
import { styled } from './colour.js';
import { parseThreads } from './flags.js';
import { formatTable, print } from './text.js';

const EXAMPLES = `
Examples:
  gru-bench doctor
  gru-bench doctor --fix                     fetch @tensorflow/tfjs-node, build the addon, then report
  gru-bench doctor --backend wasm --json
  gru-bench doctor --digits                  hold the kernels to the digits that they have elsewhere

The exit code is 0 if a training run would work, 1 if not, or if --digits finds others.

Environment:
  GRU_BENCH_TFJS    how --fix, and npm ci in a clone, get TensorFlow: auto, official, wheel or skip`;

interface Flags {
  readonly backend: BackendChoice;
  readonly threads: number;
  readonly fix?: boolean;
  readonly digits?: boolean;
  readonly json?: boolean;
}

/** `gru-bench doctor`: what a training run would use on this machine, and whether it would work. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Show what a training run would use on this machine, and whether it would work')
    .addOption(new Option('--backend <name>', 'what TensorFlow.js runs on').choices(BACKENDS).default('auto'))
    .option('--threads <n>', 'threads of the backend', parseThreads, 1)
    .option('--fix', 'fetch @tensorflow/tfjs-node and build the addon first')
    .option('--digits', 'train every unit for a moment, and compare the bits with those of other machines')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(doctor);
}

async function doctor({ backend, threads, fix, digits, json }: Flags): Promise<void> {
  const { chooseKernels, describeKernels } = await import('../kernels/choice.js');
  const { engineStates } = await import('../kernels/engines.js');
  const { diagnose } = await import('../platform/diagnosis.js');
  const { repairInstallation } = await import('../platform/installation.js');
  if (fix) await repairInstallation();
  const kernels = chooseKernels('auto', threads);
  const taken = kernels.name === 'fused' ? kernels.simd : kernels.name;
  const engines = engineStates().map((state) => ({ ...state, taken: state.name === taken }));
  const diagnosis = await diagnose(backend, threads, kernels);
  const compared = digits ? await compareDigits() : undefined;
  if (json) process.stdout.write(`${JSON.stringify({ ...diagnosis, engines, digits: compared })}\n`);
  else
    print(
      formatTable([
        ...rows(diagnosis, describeKernels(kernels), engineRows(engines)),
        ...(compared ? [digitsRow(compared)] : []),
      ]),
    );
  process.exitCode = diagnosis.works && compared?.same !== false ? 0 : 1;
}

interface ComparedDigits {
  /** Whether all that was compared has the digits that it has elsewhere. */
  readonly same: boolean;
  readonly paths: readonly string[];
  readonly others: readonly OtherDigits[];
  /** Why nothing was compared. */
  readonly problem?: string;
}

async function compareDigits(): Promise<ComparedDigits> {
  const { otherDigits } = await import('../kernels/digits.js');
  const { engineOf, runnablePaths } = await import('../kernels/engines.js');
  const { loadNative } = await import('../kernels/native.js');
  const paths = runnablePaths();
  if (paths.length === 0) return { same: false, paths, others: [], problem: loadNative() as string };
  const engines = new Set(paths.map((path) => engineOf(path)));
  const others = [...engines].flatMap((engine) => otherDigits(engine));
  return { same: others.length === 0, paths, others };
}

function digitsRow({ same, paths, others, problem }: ComparedDigits): string[] {
  if (problem) return ['digits', `${styled('red', 'not compared')}: ${problem}`];
  if (same) return ['digits', `${styled('green', 'as elsewhere')}: all units on ${paths.join(', ')}`];
  const list = others.map(({ unit, path }) => `${unit} on ${path}`).join(', ');
  return ['digits', `${styled('red', 'other than elsewhere')}: ${list}`];
}

type Engines = readonly (EngineState & { readonly taken: boolean })[];

/** One row an engine; those that one reason keeps from running share a row. */
function engineRows(engines: Engines): string[][] {
  const isFirst = ({ why }: EngineState, i: number) =>
    why === undefined || i === engines.findIndex((other) => other.why === why);
  const lines = engines.filter(isFirst).map(({ name, by, why, taken }) => {
    if (why === undefined) return [name, by, taken ? styled('green', 'taken') : 'runs here'];
    const names = engines.filter((other) => other.why === why).map((other) => other.name);
    return [names.join(', '), by, why];
  });
  const [first, second] = [0, 1].map((i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map(([name, by, state], i) => [
    i === 0 ? 'engines' : '',
    `${name.padEnd(first)}  ${by.padEnd(second)}  ${state}`,
  ]);
}

function rows(diagnosis: Diagnosis, kernelsTaken: string, engines: string[][]): string[][] {
  const { processor, backend, kernels, installation } = diagnosis;
  return [
    ['gru-bench', diagnosis.version],
    ['Node', `${diagnosis.node} on ${diagnosis.platform}`],
    ['processor', `${processor.model}, ${processor.cores} cores`],
    ['SIMD path', processor.simd],
    ['backend', backend ? `${backend.name} (${backend.why})` : 'none'],
    ['TensorFlow', backend?.tensorflowVersion ?? 'not in use'],
    ['threads', backend ? String(backend.threads) : 'none'],
    ['kernels', `${kernelsTaken} (${kernels.why})`],
    ...engines,
    ...diagnosis.dataFolders.map(({ path, exists }, i) => [
      i === 0 ? 'data folders' : '',
      exists ? path : `${path} (does not exist)`,
    ]),
    ['cache folder', diagnosis.cacheFolder],
    ...describeInstallation(installation),
    [
      'training',
      diagnosis.works ? styled('green', 'works') : `${styled('red', 'does not work')}: ${diagnosis.problem}`,
    ],
  ];
}

const BY: Record<Installation['by'], string> = {
  already: 'works as installed',
  cache: 'linked to the binding in the cache folder',
  official: 'by its own install script',
  wheel: 'built against the TensorFlow wheel',
  none: 'not in use',
};

function describeInstallation(installation: Installation | undefined): string[][] {
  if (!installation) return [['tfjs-node', 'not there, and not needed; `gru-bench doctor --fix` fetches it']];
  const { by, finished, tfjsNode, failed } = installation;
  return [
    ['tfjs-node', `${BY[by]} (${finished.slice(0, 10)})`],
    ...(tfjsNode ? [['', tfjsNode]] : []),
    ...failed.map(({ step, reason }) => ['', `${step}: ${reason}`]),
  ];
}
