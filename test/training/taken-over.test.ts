import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FolderInUse } from '../../src/platform/lock.js';
import { requestSchema } from '../../src/training/request.js';
import { prepareRun, trainRun } from '../../src/training/run.js';
import { emptyFolder } from '../cli/command.js';

it('a run whose folder was taken over while it slept ends before it writes anything', async () => {
  const folder = join(emptyFolder(), 'run');
  const request = { model: 'tanh', dataset: 'demo-music', maxSequences: 2, epochs: 1, backend: 'cpu' };
  const run = await prepareRun(requestSchema.parse(request), folder);
  const lost = { ...run, lock: { ...run.lock, isLost: () => true } };
  await expect(trainRun(lost)).rejects.toThrow(FolderInUse);
  expect(readdirSync(folder)).toEqual(['config.json']);
});
