import { expect, it, vi } from 'vitest';
import { runBench } from '../../src/bench/measure.js';
import { workloads } from '../../src/bench/workloads.js';
import type { Engine } from '../../src/kernels/engine.js';
import { unitKey } from '../../src/kernels/generate/header.js';
import { loadWasm } from '../../src/kernels/wasm-modules.js';
import { defineUnit, type Unit } from '../../src/model/graph/define-unit.js';
import { sigmoid, tanh } from '../../src/model/graph/expression.js';

/** Without the minute that it takes: a module whose GRU goes by the name of the unit, which has as many parameters. */
vi.mock('../../src/kernels/wasm-compiler.js', () => ({
  compileWasmUnit: async (unit: Unit) => {
    const engine = loadWasm('wasm-fma') as Engine;
    const units = engine.units.map((one) => (one.name === 'gru' ? { ...one, hash: unitKey(unit) } : one));
    return { engine: { ...engine, units }, seconds: 0 };
  },
}));

it('an own unit is timed in WebAssembly where nothing compiles it for the processor, and that is said', async () => {
  vi.stubEnv('CXX', 'nowhere++');
  const unit = defineUnit('kept', ({ h, gate, one }) => {
    const z = sigmoid(gate('z'));
    const candidate = tanh(gate('', { recurrent: sigmoid(gate('r')).times(h) }));
    return { h: z.times(h).plus(one.minus(z).times(candidate)) };
  });
  const { measurements, remarks, missing } = await runBench({
    workloads: workloads(['music-1x60'], [unit]),
    rounds: 1,
    seconds: 0.01,
    threads: 1,
    composed: false,
    peers: true,
    python: 'no-such-python',
  });
  expect(measurements.map(({ unit: name, fused }) => [name, fused > 0])).toEqual([['kept', true]]);
  expect(remarks).toEqual([expect.stringMatching(/^kept ran on wasm-fma: \S/)]);
  expect(missing).toEqual({ 'a peer of kept': 'the peers have the paper’s units only' });
});
