import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { reportJsonSchema } from '../../src/report/json.js';

it('the JSON Schema of a report is the one in docs/', () => {
  const file = join(fileURLToPath(new URL('../..', import.meta.url)), 'docs', 'report.schema.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});
