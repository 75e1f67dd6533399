import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../platform/failure.js';
import { datasetNames, isDatasetName, MANIFEST_FOLDER } from './dataset-names.js';
import { MIN_WINDOW_SAMPLES } from './waveform.js';

/*
 * A manifest a data set, `datasets/NAME.json`: where the files come from, how they are known to be the right
 * ones, what they cost to use, and what comes out of them. Recordings that several data sets are cut from have a
 * manifest of their own, `datasets/sources/NAME.json`.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
const count = z.int().positive();
/** A path below a data folder: forward slashes, no way out. */
const relativePath = z
  .string()
  .regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'a relative path with forward slashes');

/** A place on the web. `tried` is false for an address that nobody of this project has fetched yet. */
const webPlace = z.strictObject({
  url: z.url({ protocol: /^https$/ }),
  tried: z.boolean(),
});

/** A package that apt-get fetches. */
const aptPlace = z.strictObject({
  apt: z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/),
  version: z.string().regex(/^[0-9][\w.+~:-]*$/),
  tried: z.boolean(),
});

const recordingsSource = z.strictObject({
  name: z.string(),
  what: z.string(),
  licence: z.string(),
  citation: z.string(),
  /** Folder of the recordings below a data folder. */
  folder: relativePath,
  /** Hertz. */
  sampleRate: count,
  files: count,
  /** See `hashOfFiles` in content-hash.ts. */
  sha256,
  /** Most bytes that an archive of it may have. */
  maxArchiveBytes: count,
  places: z.array(z.union([webPlace, aptPlace])),
});

const windowRule = z.strictObject({
  samples: z.int().min(MIN_WINDOW_SAMPLES),
  /** Windows whose root mean square about their own mean is below this are near-silent and left out. */
  quietestRms: z.number().min(0).max(1),
});

const splitCounts = z.strictObject({
  sequences: count,
  /** Frames of all sequences; for speech the frames that are predicted. */
  frames: count.optional(),
  shortest: count.optional(),
  longest: count.optional(),
  /** To three decimals. */
  notesPerFrame: z.number().optional(),
});

const expectedCounts = z.strictObject({ train: splitCounts, valid: splitCounts, test: splitCounts });

const common = {
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  what: z.string(),
  /** Made by a program, not recorded or composed by people. */
  synthetic: z.boolean(),
  licence: z.string(),
  citation: z.string(),
  expected: expectedCounts.optional(),
};

const rollsManifest = z.strictObject({
  ...common,
  from: z.literal('mat-file'),
  kind: z.literal('music'),
  file: relativePath,
  bytes: count,
  sha256,
  places: z.array(webPlace),
});

const recordingsManifest = z.strictObject({
  ...common,
  from: z.literal('recordings'),
  kind: z.literal('speech'),
  /** Name of the manifest in `datasets/sources/`. */
  source: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Recordings whose path begins with one of these take no part. */
  leaveOut: z.array(z.string()),
  windows: windowRule,
  /** Of the hashes that give each file its split and each window its place in the order. */
  salt: z.string(),
  /** Why this salt. */
  saltChosen: z.string(),
  quotas: z.strictObject({ train: count, valid: count, test: count }),
});

const packageManifest = z.strictObject({
  ...common,
  from: z.literal('package'),
  kind: z.enum(['music', 'speech']),
  /** Folder in the package's own `datasets/`, with train, valid and test inside. */
  folder: relativePath,
  windows: windowRule.optional(),
});

const manifest = z.discriminatedUnion('from', [rollsManifest, recordingsManifest, packageManifest]);

export type RollsManifest = z.infer<typeof rollsManifest>;
export type RecordingsManifest = z.infer<typeof recordingsManifest>;
export type Manifest = z.infer<typeof manifest>;
export type RecordingsSource = z.infer<typeof recordingsSource>;
export type WebPlace = z.infer<typeof webPlace>;
export type AptPlace = z.infer<typeof aptPlace>;
export type SplitCounts = z.infer<typeof splitCounts>;

/**
 * All manifests of the package, by name.
 *
 * @param folder holds the manifests, `*.json`
 * @throws Failure naming the file and the field that is wrong
 */
export function readManifests(folder = MANIFEST_FOLDER): Manifest[] {
  return datasetNames(folder).map((name) => readValidated(join(folder, `${name}.json`), manifest));
}

/**
 * The manifest of a named data set; nothing where none is called so.
 *
 * @throws Failure naming the file and the field that is wrong
 */
export function manifestNamed(name: string): Manifest | undefined {
  return isDatasetName(name) ? readValidated(join(MANIFEST_FOLDER, `${name}.json`), manifest) : undefined;
}

/**
 * The manifest of recordings that data sets are cut from.
 *
 * @param name as a `RecordingsManifest` names it in `source`
 * @throws Failure naming the file and the field that is wrong
 */
export function readRecordingsSource(name: string, folder = MANIFEST_FOLDER): RecordingsSource {
  return readValidated(join(folder, 'sources', `${name}.json`), recordingsSource);
}

function readValidated<T>(path: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`${path}: ${issue.path.join('.') || 'manifest'}: ${issue.message}`);
}
