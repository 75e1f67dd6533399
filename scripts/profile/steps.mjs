// Does the training steps of one workload for some seconds, as `train` does them: what perf looks at.
// node steps.mjs WORKLOAD UNIT SECONDS THREADS; prints milliseconds a step.
import { ownStep } from '../../dist/bench/own-step.js';
import { workloadBatch, workloads } from '../../dist/bench/workloads.js';
import { kernelsFor } from '../../dist/kernels/choice.js';
import { startBackend } from '../../dist/platform/backend.js';

const [name, unit, seconds, threads] = process.argv.slice(2);
const workload = workloads([name]).find((one) => one.unit.name === unit);
if (!workload) throw new Error(`no workload ${name} of ${unit}`);
await startBackend('auto', 1);
const kernels = await kernelsFor(workload.unit, 'fused', Number(threads));
const { step } = ownStep(kernels, workload, workloadBatch(workload));
const begin = performance.now();
let steps = 0;
for (; performance.now() - begin < 1000 * Number(seconds); steps++) step();
console.log((performance.now() - begin) / steps);
