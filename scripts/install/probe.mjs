// Run as a process of its own: node probe.mjs FOLDER, where FOLDER holds a @tensorflow/tfjs-node package.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [folder] = process.argv.slice(2);

// Node 23 removed these, and earlier ones warn about them; tfjs-node calls them.
const util = require('node:util');
util.isNullOrUndefined = (/** @type {unknown} */ value) => value === null || value === undefined;
util.isArray = Array.isArray;

const tensorflow = require(folder);
tensorflow.enableProdMode();
const product = tensorflow.matMul(tensorflow.tensor2d([[1, 2]]), tensorflow.tensor2d([[3], [4]])).dataSync();
if (tensorflow.getBackend() !== 'tensorflow' || product[0] !== 11)
  throw new Error(`1·3 + 2·4 gave ${product[0]}`);
console.log(`works with TensorFlow ${tensorflow.backend().binding.TF_Version}`);
