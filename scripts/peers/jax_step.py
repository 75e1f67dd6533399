"""One training step of the paper's protocol in JAX: the exact equations, compiled by jit over lax.scan.

Started by `gru-bench bench`. See workload.py for what it reads and answers.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from workload import DECAY, MAXIMUM_NORM, MOMENTUM, NOISE, RMS_FLOOR, read_workload, serve

GATES = {"tanh": [""], "gru": ["z", "r", ""], "lstm": ["i", "f", "o", "c"]}


def gate(name, letter):
    return f"cell.{name}_{letter}" if letter else f"cell.{name}"


def hidden_states(unit, p, x, unroll):
    """h of all frames [T,B,H] from the inputs [T,B,I]; the products with W are made for all frames at once."""
    gates = GATES[unit]
    hidden_size = p["output.W"].shape[0]
    W = jnp.concatenate([p[gate("W", g)] for g in gates], 1)
    b = jnp.concatenate([p[gate("b", g)] for g in gates])
    xW = x @ W + b
    h0 = jnp.zeros((x.shape[1], hidden_size))

    if unit == "tanh":
        U = p["cell.U"]

        def step(h, a):
            h = jnp.tanh(a + h @ U)
            return h, h

        return lax.scan(step, h0, xW, unroll=unroll)[1]

    if unit == "gru":
        U_zr = jnp.concatenate([p["cell.U_z"], p["cell.U_r"]], 1)

        def step(h, a):
            z, r = jnp.split(jax.nn.sigmoid(a[:, : 2 * hidden_size] + h @ U_zr), 2, 1)
            candidate = jnp.tanh(a[:, 2 * hidden_size :] + (r * h) @ p["cell.U"])
            h = (1 - z) * h + z * candidate
            return h, h

        return lax.scan(step, h0, xW, unroll=unroll)[1]

    U = jnp.concatenate([p[gate("U", g)] for g in gates], 1)

    def step(state, a):
        h, c = state
        a_i, a_f, a_o, a_c = jnp.split(a + h @ U, 4, 1)
        i = jax.nn.sigmoid(a_i + p["cell.V_i"] * c)
        f = jax.nn.sigmoid(a_f + p["cell.V_f"] * c)
        c = f * c + i * jnp.tanh(a_c)
        o = jax.nn.sigmoid(a_o + p["cell.V_o"] * c)
        h = o * jnp.tanh(c)
        return (h, c), h

    return lax.scan(step, (h0, h0), xW, unroll=unroll)[1]


def bernoulli(a, y):
    return jnp.sum(jax.nn.softplus(a) - y * a, -1)


def mixture(a, y, mixtures):
    size = y.shape[-1]
    logits, means, deviations = jnp.split(a, [mixtures, mixtures * (1 + size)], -1)
    shape = (*a.shape[:-1], mixtures, size)
    sigma = jax.nn.softplus(deviations.reshape(shape)) + 1e-4
    standardised = (y[..., None, :] - means.reshape(shape)) / sigma
    density = -jnp.sum(jnp.log(sigma) + 0.5 * standardised**2, -1) - 0.5 * size * jnp.log(2 * jnp.pi)
    return -jax.nn.logsumexp(jax.nn.log_softmax(logits) + density, -1)


def objective(workload, unroll, p, x, y):
    """Mean over sequences of the summed NLL of a sequence, and that of each sequence."""
    h = hidden_states(workload.unit, p, x, unroll)
    a = h @ p["output.W"] + p["output.b"]
    nll = bernoulli(a, y) if workload.output == "bernoulli" else mixture(a, y, workload.mixtures)
    nll = jnp.sum(nll, 0)
    return jnp.mean(nll), nll


def noisy(p, key):
    """Gaussian noise on W and U of the cell, all of it drawn at once."""
    names = [name for name in p if name.startswith(("cell.W", "cell.U"))]
    noise = NOISE * jax.random.normal(key, (sum(p[name].size for name in names),))
    result, start = dict(p), 0
    for name in names:
        result[name] = p[name] + noise[start : start + p[name].size].reshape(p[name].shape)
        start += p[name].size
    return result


@partial(jax.jit, static_argnums=(0, 1), donate_argnums=(2,))
def step(workload, unroll, state, x, y, learning_rate):
    p, mean_square, velocity, key = state
    key, now = jax.random.split(key)
    gradient = jax.grad(partial(objective, workload, unroll), has_aux=True)
    g, nll = gradient(noisy(p, now), x, y)
    norm = jnp.sqrt(sum(jnp.sum(v * v) for v in g.values()))
    scale = jnp.minimum(1, MAXIMUM_NORM / norm)
    g = {name: v * scale for name, v in g.items()}
    mean_square = {n: DECAY * mean_square[n] + (1 - DECAY) * g[n] ** 2 for n in p}
    velocity = {
        n: MOMENTUM * velocity[n] - learning_rate * g[n] / jnp.maximum(jnp.sqrt(mean_square[n]), RMS_FLOOR)
        for n in p
    }
    p = {n: p[n] + velocity[n] for n in p}
    return (p, mean_square, velocity, key), nll


def main():
    workload, arrays = read_workload()
    p = {name: jnp.asarray(value) for name, value in arrays.parameters.items()}
    x, y = jnp.asarray(arrays.inputs), jnp.asarray(arrays.targets)
    nll = jax.jit(partial(objective, workload, 1))(p, x, y)[1]

    def program(prng, unroll):
        copies = [{n: jnp.array(v) for n, v in p.items()}] + [
            {n: jnp.zeros_like(v) for n, v in p.items()} for _ in range(2)
        ]
        state = [(*copies, jax.random.key(1, impl=prng))]

        def run():
            state[0], result = step(workload, unroll, state[0], x, y, 1e-3)
            return float(result.sum())

        return run

    settings = {
        f"prng {prng}, unroll {unroll}": partial(program, prng, unroll)
        for prng in ("threefry2x32", "unsafe_rbg")
        for unroll in (1, 4)
    }
    serve(f"JAX {jax.__version__}", settings, [float(v) for v in nll])


main()
