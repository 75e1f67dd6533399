// Holds the folders of src/, their imports and the README's list of them to the order in src/layout.json.
import { faultsOfLayout } from './layout.mjs';

const faults = faultsOfLayout(process.cwd());
for (const fault of faults) console.error(`layout: ${fault}`);
if (faults.length > 0) process.exitCode = 1;
