import { rmSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { allPredictedFrames } from '../data/batch.js';
import { isDatasetName } from '../data/dataset-names.js';
import { groupRemarks } from '../data/remarks.js';
import { type Dataset, SPLITS } from '../data/sequence.js';
import type { Kernels } from '../kernels/choice.js';
import { KERNEL_PATHS } from '../kernels/paths.js';
import { unitData } from '../model/graph/unit-data.js';
import { type ModelSpec, parameterCount, recurrentParameterCount } from '../model/spec.js';
import type { Backend } from '../platform/backend.js';
import { PACKAGE_VERSION } from '../platform/folders.js';
import { describeProcessor } from '../platform/processor.js';
import { type CompleteRequest, requestSchema } from './request.js';
import { withPresentNames } from './request-file.js';
import { readConfig, runFiles, writeJson } from './run-folder.js';

/** What decides a run's numbers. */
export interface RunSetup {
  readonly request: CompleteRequest;
  readonly spec: ModelSpec;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly kernels: Kernels;
}

/** Writes the config.json of a new run. */
export function writeRunConfig(folder: string, setup: RunSetup): void {
  writeJson(runFiles(folder).config, runConfig(setup));
}

/** The model for a reader of config.json; `request` is what the program goes by. */
function describeModel(spec: ModelSpec) {
  const { unit, hiddenSize, inputSize, output } = spec;
  const { name, hash, equations } = unitData(unit);
  return {
    unit: { name, hash, equations },
    hiddenSize,
    inputSize,
    output,
    parameters: parameterCount(spec),
    recurrentParameters: recurrentParameterCount(spec),
  };
}

/** Everything needed to run it again and to know where it ran. */
function runConfig({ request, spec, dataset, backend, kernels }: RunSetup) {
  const nameOrPath = isDatasetName(request.dataset) ? request.dataset : resolve(request.dataset);
  return {
    request: { ...request, dataset: nameOrPath },
    model: describeModel(spec),
    dataset: {
      name: dataset.name,
      kind: dataset.kind,
      sha256: dataset.sha256,
      sequences: Object.fromEntries(SPLITS.map((split) => [split, dataset.splits[split].length])),
      predictedFrames: Object.fromEntries(
        SPLITS.map((split) => [split, allPredictedFrames(dataset.splits[split])]),
      ),
      ...(dataset.folder && { splitBy: dataset.folder.splitBy, broken: dataset.folder.broken }),
      remarks: groupRemarks(dataset.remarks),
    },
    backend,
    kernels,
    versions: { 'gru-bench': PACKAGE_VERSION, node: process.versions.node, v8: process.versions.v8 },
    host: {
      name: hostname(),
      platform: `${process.platform}-${process.arch}`,
      processor: describeProcessor(),
      memoryBytes: totalmem(),
    },
    startedAt: new Date().toISOString(),
  };
}

/** What a run is known by later. */
const configSchema = z.object({
  request: z.preprocess(withPresentNames, requestSchema),
  dataset: z.object({
    sha256: z.string(),
    broken: z.array(z.object({ file: z.string(), what: z.string() })).optional(),
  }),
  backend: z.object({ name: z.enum(['tensorflow', 'wasm', 'cpu']) }),
  kernels: z.object({ name: z.enum(['composed', 'fused']), simd: z.enum(KERNEL_PATHS).optional() }),
});

export type RunConfig = z.infer<typeof configSchema>;

/** @throws Misuse where the folder holds no run, BadFile where its config.json is damaged */
export function readRunConfig(folder: string): RunConfig {
  return readConfig(folder, configSchema);
}

/** Where a run says its data, for messages. */
export const placeOfData = (folder: string): string => `${runFiles(folder).config}: request.dataset`;

/** When a run ends. It changes none of the numbers before, so that a run can go on under another. */
export type StoppingRule = Partial<Pick<CompleteRequest, 'epochs' | 'patience'>>;

/** Writes another end of a run. The result goes first: a run killed in between is one that has not ended. */
export function writeStoppingRule(
  folder: string,
  { epochs, patience, scheduleEpochs }: CompleteRequest,
): void {
  const { config, result } = runFiles(folder);
  const content = readConfig(folder, z.looseObject({ request: z.looseObject({}) }));
  rmSync(result, { force: true });
  const request = {
    ...content.request,
    epochs,
    patience,
    ...(scheduleEpochs !== undefined && { scheduleEpochs }),
  };
  writeJson(config, { ...content, request });
}
