// Bundles the gradients of TensorFlow.js's operations into dist/gradients.js. tfjs-core has them in modules that Node
// does not load, and the only package that has them for Node, @tensorflow/tfjs, brings layers, data, WebGL and an
// install script along, some 240 MB of them. A process has one engine of TensorFlow.js, to which the bundle adds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { PACKAGE_ROOT } from '../install/places.mjs';

const bundle = await rolldown({
  input: '@tensorflow/tfjs-core/dist/register_all_gradients.js',
  cwd: PACKAGE_ROOT,
  platform: 'node',
  onLog: (_, { message }) => {
    throw new Error(message);
  },
});
const { output } = await bundle.generate({ format: 'esm' });
await bundle.close();
writeFileSync(join(PACKAGE_ROOT, 'dist', 'gradients.js'), output[0].code);
