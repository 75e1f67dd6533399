"""NLL of a model and its gradient in float64, the gradient by complex steps.

For an analytic f, Im f(w + i*s) / s is the derivative in w up to s^2, and nothing cancels: with s = 1e-30 it is exact to
the rounding of float64, whatever f is made of, and nobody has to derive anything.
"""

from types import SimpleNamespace

import numpy as np

from units import UNITS

STEP = 1e-30
# Added to a softplus, so that no deviation vanishes; the models' own convention.
DEVIATION_FLOOR = 1e-4


def shapes(case):
    """Shapes of a case's parameters, by their names in the model files."""
    inputs, hidden, frame = case['inputSize'], case['units'], case['frameSize']
    outputs = frame if case['output'] == 'bernoulli' else case['mixtures'] * (1 + 2 * frame)
    roles = {'W': (inputs, hidden), 'U': (hidden, hidden), 'b': (hidden,), 'V': (hidden,)}
    cell = {f'cell.{name}': roles[name[0]] for name in UNITS[case['cell']].parameters}
    return {**cell, 'output.W': (hidden, outputs), 'output.b': (outputs,)}


def nll_and_gradient(case):
    """NLL of each sequence, and the gradient of their sum for each parameter.

    A case is what a golden's file holds: its sizes, its sequences and its parameters.
    """
    values = {name: np.asarray(value, float) for name, value in case['parameters'].items()}
    nll = sequence_nlls(case, {name: value[None] for name, value in values.items()})
    gradient = {}
    for name, value in values.items():
        # A copy of the parameter for each of its entries, which that copy alone has moved.
        moves = 1j * STEP * np.eye(value.size).reshape(value.size, *value.shape)
        copies = {other: (value + moves if other == name else values[other][None]) for other in values}
        total = sum(sequence_nlls(case, copies))
        gradient[name] = (total.imag / STEP).reshape(value.shape)
    return [float(one[0].real) for one in nll], gradient


def sequence_nlls(case, parameters):
    """NLL of each sequence, [P] each, for parameters with a leading axis of P copies or of one."""
    rows = {name: value if value.ndim == 3 else value[:, None, :] for name, value in parameters.items()}
    cell = SimpleNamespace(**{name[5:]: value for name, value in rows.items() if name.startswith('cell.')})
    unit = UNITS[case['cell']]
    frame_nll = bernoulli_nll if case['output'] == 'bernoulli' else mixture_nll

    def sequence_nll(sequence):
        states, nll = (np.zeros((1, 1, case['units'])),) * unit.states, 0
        for x, y in zip(sequence['inputs'], sequence['targets'], strict=True):
            states = unit.step(cell, np.asarray(x, float)[None], *states)
            output = (states[0] @ rows['output.W'] + rows['output.b'])[:, 0]
            nll = nll + frame_nll(case, output, np.asarray(y, float))
        return nll

    return [sequence_nll(sequence) for sequence in case['sequences']]


def bernoulli_nll(_, logits, y):
    """-log of prod_d p_d^y_d (1 - p_d)^(1 - y_d) with p = sigmoid(logits), [P]."""
    return (softplus(logits) - y * logits).sum(-1)


def mixture_nll(case, outputs, y):
    """-log sum_k pi_k prod_d N(y_d; mu_kd, sigma_kd^2), [P].

    Outputs are K weight logits, then K*D means, then K*D deviations before softplus.
    """
    K, D = case['mixtures'], case['frameSize']
    logits, means, deviations = np.split(outputs, [K, K + K * D], -1)
    mu = means.reshape(-1, K, D)
    sigma = softplus(deviations.reshape(-1, K, D)) + DEVIATION_FLOOR
    log_density = -(np.log(sigma) + ((y - mu) / sigma) ** 2 / 2 + np.log(2 * np.pi) / 2).sum(-1)
    return log_sum_exp(logits) - log_sum_exp(logits + log_density)


def softplus(a):
    """log(1 + e^a); the larger of a and 0 is taken out, so that nothing overflows."""
    sign = np.where(a.real > 0, 1, -1)
    return np.where(sign > 0, a, 0) + np.log1p(np.exp(-sign * a))


def log_sum_exp(a):
    largest = a.real.max(-1, keepdims=True)
    return np.log(np.exp(a - largest).sum(-1)) + largest[..., 0]
