import { expect, test } from 'vitest';
import { loadDataset } from '../../src/data/catalogue.js';
import { datasetPlanSchema } from '../../src/experiment/config.js';
import { recordOf } from '../../src/experiment/records.js';
import { Failure } from '../../src/platform/failure.js';
import { loadSame } from '../../src/report/same-data.js';

test('a report computes on the data of the results alone', async () => {
  const plan = datasetPlanSchema.parse({ name: 'demo', dataset: 'demo-music', seed: 1 });
  const record = recordOf(plan, await loadDataset('demo-music'));
  await expect(loadSame(record)).resolves.toMatchObject({ sha256: record.sha256 });
  await expect(loadSame({ ...record, sha256: 'another' })).rejects.toThrow(
    new Failure('the sequences of demo are not those of the results'),
  );
});
