import type { DataRemarks } from '../data/remarks.js';
import { remarkLines } from '../data/remarks-text.js';
import { print } from './text.js';

/** Prints what of the data was passed over or noted, beside a command's own output. */
export function printRemarks({ remarks, broken = [] }: DataRemarks): void {
  print(remarkLines({ remarks, folder: { broken } }), process.stderr);
}
