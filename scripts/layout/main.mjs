// Holds the folders of src/ and their imports to the order in src/layout.json.
import { faultsOfLayout } from './layout.mjs';

const faults = faultsOfLayout(process.cwd());
for (const fault of faults) console.error(`layout: ${fault}`);
if (faults.length > 0) process.exitCode = 1;
