// Writes configs/experiment.schema.json, by which editors complete and check experiment files, and
// docs/report.schema.json, which says what `gru-bench report --json` prints.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { experimentJsonSchema } from '../../dist/experiment/config.js';
import { reportJsonSchema } from '../../dist/report/json.js';

for (const [path, schema] of [
  ['configs/experiment.schema.json', experimentJsonSchema()],
  ['docs/report.schema.json', reportJsonSchema()],
]) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
