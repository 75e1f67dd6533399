// Writes configs/experiment.schema.json, by which editors complete and check experiment files.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { experimentJsonSchema } from '../../dist/experiment/config.js';

const file = fileURLToPath(new URL('../../configs/experiment.schema.json', import.meta.url));
writeFileSync(file, `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
