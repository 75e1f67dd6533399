import { dirname, resolve } from 'node:path';
import { isMap, isPair, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { datasetOfFile } from '../data/catalogue.js';
import { shortName } from '../data/dataset-name.js';
import { unitData } from '../model/graph/unit-data.js';
import { isUnitFile, readUnitFile } from '../model/own-unit.js';
import { unitNamed } from '../model/units/registry.js';
import { Misuse } from '../platform/failure.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { issueToTell, requirement, shownValue } from '../platform/parse-fields.js';
import { readBounded } from '../platform/read-file.js';
import {
  type DatasetPlan,
  experimentSchema,
  knownFields,
  type SlurmSettings,
  settingsSchema,
} from './config.js';
import { checkSense } from './config-sense.js';

export interface ExperimentFile {
  readonly plans: readonly DatasetPlan[];
  readonly slurm: SlurmSettings;
}

/** Bytes; an experiment has some dozens of lines. */
const LARGEST_FILE = 1024 * 1024;

/**
 * Reads an experiment from a YAML or JSON file. Paths of data sets count from the file's folder.
 *
 * @throws Failure when it cannot be read; Misuse that names file, line and field where it is not an experiment
 */
export async function readExperiment(path: string): Promise<ExperimentFile> {
  const lines = new LineCounter();
  const text = readBounded(path, LARGEST_FILE).toString('utf8');
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
  // A tag that is not known, such as !log, would be passed over.
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const what = error.message.split('\n')[0].replace(/ at line .*$/, '');
    const cure =
      error.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here (---), and a file is one experiment'
        : cureOf(text.split('\n')[line - 1]);
    throw new Misuse(`${path}, line ${line}: ${cure === undefined ? what : `${cure} (${what})`}`);
  }
  const refuse = (field: PropertyKey[], what: string): never => {
    const line = lines.linePos(offsetOf(document.contents, field)).line;
    throw new Misuse(`${path}, line ${line}: ${[nameOf(field), what].filter(Boolean).join(': ')}`);
  };
  const content = toPlain(document, path);
  const parsed = experimentSchema.safeParse(content);
  if (!parsed.success) return refuse(...explain(parsed.error.issues, content));
  const plans = await Promise.all(
    merge(content as z.input<typeof experimentSchema>, path).map((plan) => withUnits(plan, path)),
  );
  const isWritten = (field: PropertyKey[]) => document.hasIn(field);
  const place = (dataset: number, field: readonly string[]) => placeOf(dataset, field, isWritten);
  checkSense(
    plans,
    (dataset, field, what) => refuse(place(dataset, field), what),
    (dataset, field) => isWritten(place(dataset, field)),
  );
  return { plans, slurm: parsed.data.slurm };
}

/** What to write where YAML takes a line for something else: its own words do not help. */
function cureOf(line: string): string | undefined {
  const [range, tag, values] = /(!?)\blog\s*(\[[^\]]*\])/.exec(line) ?? [];
  if (range === undefined) return undefined;
  return `${tag === '' ? 'inside braces, ' : ''}write ${range} as { log: ${values} }`;
}

/** Where a data set's setting stands: with the data set, or with what all share. */
function placeOf(
  dataset: number,
  field: readonly string[],
  isWritten: (field: PropertyKey[]) => boolean,
): PropertyKey[] {
  const own = ['datasets', dataset, ...field];
  return field.length > 0 && !isWritten(own) && isWritten([...field]) ? [...field] : own;
}

function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Misuse(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Lays a data set's settings over those of the experiment, and these over the defaults. */
function merge(raw: z.input<typeof experimentSchema>, file: string): Omit<DatasetPlan, 'equations'>[] {
  const { datasets, seed = 1, $schema, slurm, ...shared } = raw;
  return datasets.map(({ dataset, name, ...own }) => ({
    name: name ?? shortName(datasetOfFile(dataset, file)),
    dataset: datasetOfFile(dataset, file),
    seed,
    ...settingsSchema.parse({
      ...shared,
      ...own,
      hiddenUnits: { ...shared.hiddenUnits, ...own.hiddenUnits },
      search: {
        ...shared.search,
        ...own.search,
        space: { ...shared.search?.space, ...own.search?.space },
      },
      training: { ...shared.training, ...own.training },
      shortRun: { ...shared.shortRun, ...own.shortRun },
    }),
  }));
}

/** The plan with its units by name, wherever the file names one by its own file, and what each computes. */
async function withUnits(plan: Omit<DatasetPlan, 'equations'>, file: string): Promise<DatasetPlan> {
  const read = (unit: string) => readUnitFile(resolve(dirname(file), unit));
  const nameOf = async (unit: string) => (isUnitFile(unit) ? (await read(unit)).name : unit);
  const { baseline, hiddenUnits } = plan;
  const equations = await Promise.all(
    plan.units.map((unit) => (isUnitFile(unit) ? read(unit) : unitData(unitNamed(unit)))),
  );
  const sizes = Object.entries(hiddenUnits).map(async ([unit, size]) => [await nameOf(unit), size] as const);
  return {
    ...plan,
    units: equations.map(({ name }) => name),
    ...(baseline !== undefined && { baseline: await nameOf(baseline) }),
    hiddenUnits: Object.fromEntries(await Promise.all(sizes)),
    equations,
  };
}

/** The first issue in words, with the field that it is about. */
function explain(issues: readonly z.core.$ZodIssue[], content: unknown): [PropertyKey[], string] {
  const issue = issueToTell(issues);
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    return [[...issue.path, key], `no such field; ${guess(key, issue.path)}`];
  }
  const value = issue.path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    content,
  );
  if (value === undefined) return [issue.path, 'is missing'];
  const shown = typeof value === 'object' ? '' : `${shownValue(value, issue)} `;
  const isDatasetAlone = typeof value === 'string' && issue.path.length === 2 && issue.path[0] === 'datasets';
  const example = isDatasetAlone ? `, such as { dataset: ${value} }` : '';
  return [issue.path, `${shown}${requirement(issue)}${example}`];
}

/** What may be meant by a field that does not exist where it stands. */
function guess(key: string, path: readonly PropertyKey[]): string {
  const known = knownFields(path);
  const inside = ['training', 'search'].find(
    (one) => known.includes(one) && knownFields([one]).includes(key),
  );
  return adviceOnName(key, known, inside && `did you mean ${inside}.${key}?`);
}

/** datasets[2].search.draws */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** Where a field, or the nearest thing around it that is there, begins in the file. */
function offsetOf(contents: ParsedNode | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node) && typeof key === 'string') return offset;
    const next: unknown = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
      : (node as { items?: unknown[] } | null)?.items?.[key as number];
    if (next === undefined) return offset;
    const place = isPair(next) ? next.key : next;
    offset = (place as ParsedNode).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}
