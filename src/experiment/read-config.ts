import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { datasetOfFile } from '../data/catalogue.js';
import { shortName } from '../data/dataset-name.js';
import { unitData } from '../model/graph/unit-data.js';
import { isUnitFile, readUnitFile } from '../model/own-unit.js';
import { unitNamed } from '../model/units/registry.js';
import { askedForAt, Misuse } from '../platform/failure.js';
import { type FieldPath, readFieldsFile } from '../platform/fields-file.js';
import { adviceOnName } from '../platform/nearest-name.js';
import { issueToTell, requirement, shownValue } from '../platform/parse-fields.js';
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
  readonly placeOf: PlaceOfSetting;
}

/** Where a setting of a data set, by its place among them, stands: `my.yaml, line 3: datasets[0].dataset`. */
export type PlaceOfSetting = (dataset: number, field: FieldPath) => string;

/**
 * Reads an experiment from a YAML or JSON file. Paths of data sets count from the file's folder.
 *
 * @throws Failure when it cannot be read; Misuse that names file, line and field where it is not an experiment
 */
export async function readExperiment(path: string): Promise<ExperimentFile> {
  const file = readFieldsFile(path, cureOf);
  const { content, isWritten } = file;
  const refuse = (field: FieldPath, what: string): never => {
    throw new Misuse(`${file.placeOf(field)}: ${what}`);
  };
  const parsed = experimentSchema.safeParse(content);
  if (!parsed.success) return refuse(...explain(parsed.error.issues, content));
  const settingOf = (dataset: number, field: FieldPath) => whereWritten(dataset, field, isWritten);
  const placeOf = (dataset: number, field: FieldPath) => file.placeOf(settingOf(dataset, field));
  const plans = await Promise.all(
    merge(content as z.input<typeof experimentSchema>, path).map((plan, i) =>
      withUnits(plan, path, (field) => placeOf(i, field)),
    ),
  );
  checkSense(
    plans,
    (dataset, field, what) => refuse(settingOf(dataset, field), what),
    (dataset, field) => isWritten(settingOf(dataset, field)),
  );
  return { plans, slurm: parsed.data.slurm, placeOf };
}

/** What to write where YAML takes a line for something else: its own words do not help. */
function cureOf(line: string): string | undefined {
  const [range, tag, values] = /(!?)\blog\s*(\[[^\]]*\])/.exec(line) ?? [];
  if (range === undefined) return undefined;
  return `${tag === '' ? 'inside braces, ' : ''}write ${range} as { log: ${values} }`;
}

/** Where a data set's setting stands: with the data set, or with what all share. */
function whereWritten(
  dataset: number,
  field: FieldPath,
  isWritten: (field: FieldPath) => boolean,
): FieldPath {
  const own = ['datasets', dataset, ...field];
  return field.length > 0 && !isWritten(own) && isWritten(field) ? field : own;
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

/**
 * The plan with its units by name, wherever the file names one by its own file, and what each computes.
 *
 * @param placeOf where a setting of the data set stands
 */
async function withUnits(
  plan: Omit<DatasetPlan, 'equations'>,
  file: string,
  placeOf: (field: FieldPath) => string,
): Promise<DatasetPlan> {
  const read = (unit: string, field: FieldPath) =>
    askedForAt(placeOf(field), () => readUnitFile(resolve(dirname(file), unit)));
  const nameOf = async (unit: string, field: FieldPath) =>
    isUnitFile(unit) ? (await read(unit, field)).name : unit;
  const { baseline, hiddenUnits } = plan;
  const equations = await Promise.all(
    plan.units.map((unit, i) => (isUnitFile(unit) ? read(unit, ['units', i]) : unitData(unitNamed(unit)))),
  );
  const sizes = Object.entries(hiddenUnits).map(
    async ([unit, size]) => [await nameOf(unit, ['hiddenUnits', unit]), size] as const,
  );
  return {
    ...plan,
    units: equations.map(({ name }) => name),
    ...(baseline !== undefined && { baseline: await nameOf(baseline, ['baseline']) }),
    hiddenUnits: Object.fromEntries(await Promise.all(sizes)),
    equations,
  };
}

/** The first issue in words, with the field that it is about. */
function explain(issues: readonly z.core.$ZodIssue[], content: unknown): [FieldPath, string] {
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
