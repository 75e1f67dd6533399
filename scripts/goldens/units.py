"""One step of each recurrent unit in NumPy, written from its paper; nothing here comes from src/.

Row vectors: x [1,I], states [1,H]; weights carry a leading axis of copies, [P,I,H] and so on, and so do the
states after a step. Numbers may be complex (see model.py), so every function is one of a complex variable, and what
compares compares real parts. Parameters have the names of the model files, without `cell.`.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Callable

import numpy as np


@dataclass(frozen=True)
class Unit:
    """A unit: its parameters, its states, the first of which is the hidden state, and its step."""

    parameters: tuple[str, ...]
    states: int
    step: Callable


UNITS: dict[str, Unit] = {}


def unit(name: str, parameters: str, states: int = 1):
    """Enters a step function (p, x, *states) -> states under the name that src/model/units gives the unit."""

    def enter(step):
        UNITS[name] = Unit(tuple(parameters.split()), states, step)
        return step

    return enter


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class NearKink(Exception):
    """An argument so near to a kink that rounding to float32 may choose the other side."""


def relu(a):
    if np.abs(a.real).min() < 1e-4:
        raise NearKink
    return np.where(a.real > 0, a, 0)


@unit('tanh', 'W U b')
def plain_tanh(p: SimpleNamespace, x, h):
    """Chung et al. 2014, equation 2."""
    return (np.tanh(x @ p.W + h @ p.U + p.b),)


@unit('gru', 'W_z U_z b_z W_r U_r b_r W U b')
def gru(p, x, h):
    """Cho et al. 2014, arXiv:1406.1078v3; Chung et al. 2014, section 3.2: the reset comes before the product."""
    z = sigmoid(x @ p.W_z + h @ p.U_z + p.b_z)
    r = sigmoid(x @ p.W_r + h @ p.U_r + p.b_r)
    candidate = np.tanh(x @ p.W + (r * h) @ p.U + p.b)
    return ((1 - z) * h + z * candidate,)


@unit('lstm', 'W_i U_i b_i W_f U_f b_f W_o U_o b_o W_c U_c b_c V_i V_f V_o', states=2)
def lstm(p, x, h, c):
    """Graves 2013, arXiv:1308.0850, equations 7-11, with diagonal peepholes; Chung et al. 2014, section 3.1."""
    i = sigmoid(x @ p.W_i + h @ p.U_i + p.V_i * c + p.b_i)
    f = sigmoid(x @ p.W_f + h @ p.U_f + p.V_f * c + p.b_f)
    c = f * c + i * np.tanh(x @ p.W_c + h @ p.U_c + p.b_c)
    o = sigmoid(x @ p.W_o + h @ p.U_o + p.V_o * c + p.b_o)
    return o * np.tanh(c), c


@unit('gru-after', 'W_z U_z b_z W_r U_r b_r W b U_h b_h')
def gru_after(p, x, h):
    """Cho et al. 2014, arXiv:1406.1078v1; cuDNN's and PyTorch's documentation: n = tanh(W x + b + r * (U h + b_h)).

    Those write h = (1 - z) * n + z * h; here z has the meaning that Chung et al. give it, 1 - z of theirs.
    """
    r = sigmoid(x @ p.W_r + h @ p.U_r + p.b_r)
    z = sigmoid(x @ p.W_z + h @ p.U_z + p.b_z)
    n = np.tanh(x @ p.W + p.b + r * (h @ p.U_h + p.b_h))
    return (z * n + (1 - z) * h,)


@unit('lstm-plain', 'W_i U_i b_i W_f U_f b_f W_o U_o b_o W_c U_c b_c', states=2)
def lstm_plain(p, x, h, c):
    """Gers, Schmidhuber and Cummins 2000, in the notation of Greff et al. 2017 without peepholes."""
    i = sigmoid(x @ p.W_i + h @ p.U_i + p.b_i)
    f = sigmoid(x @ p.W_f + h @ p.U_f + p.b_f)
    o = sigmoid(x @ p.W_o + h @ p.U_o + p.b_o)
    c = np.tanh(x @ p.W_c + h @ p.U_c + p.b_c) * i + c * f
    return np.tanh(c) * o, c


@unit('cifg', 'W_f U_f b_f W_c U_c b_c W_o U_o b_o', states=2)
def cifg(p, x, h, c):
    """Greff et al. 2017, arXiv:1503.04069, section 3: input and forget gate add up to 1; here without peepholes."""
    f = sigmoid(x @ p.W_f + h @ p.U_f + p.b_f)
    i = 1 - f
    o = sigmoid(x @ p.W_o + h @ p.U_o + p.b_o)
    c = np.tanh(x @ p.W_c + h @ p.U_c + p.b_c) * i + c * f
    return np.tanh(c) * o, c


@unit('mgu', 'W_f U_f b_f W U b')
def mgu(p, x, h):
    """Zhou, Wu, Zhang and Zhou 2016, arXiv:1603.09420: a minimal gated unit."""
    f = sigmoid(x @ p.W_f + h @ p.U_f + p.b_f)
    candidate = np.tanh(x @ p.W + (f * h) @ p.U + p.b)
    return ((1 - f) * h + f * candidate,)


@unit('min-gru', 'W_z b_z W b')
def min_gru(p, x, h):
    """Feng et al. 2024, arXiv:2410.01201, section 3.1."""
    z = sigmoid(x @ p.W_z + p.b_z)
    return ((1 - z) * h + z * (x @ p.W + p.b),)


@unit('min-lstm', 'W_f b_f W_i b_i W b')
def min_lstm(p, x, h):
    """Feng et al. 2024, arXiv:2410.01201, section 3.2, with the gates normalised to a sum of 1."""
    f = sigmoid(x @ p.W_f + p.b_f)
    i = sigmoid(x @ p.W_i + p.b_i)
    return ((f * h + i * (x @ p.W + p.b)) / (f + i),)


@unit('ran', 'W_i U_i b_i W_f U_f b_f W_c', states=2)
def ran(p, x, h, c):
    """Lee, Levy and Zettlemoyer 2017, arXiv:1705.07393, with g = tanh."""
    content = x @ p.W_c
    i = sigmoid(h @ p.U_i + x @ p.W_i + p.b_i)
    f = sigmoid(h @ p.U_f + x @ p.W_f + p.b_f)
    c = i * content + f * c
    return np.tanh(c), c


@unit('sru', 'W_f b_f W_r b_r W_c W_x V_f V_r', states=2)
def sru(p, x, h, c):
    """Lei, Zhang, Wang, Dai and Artzi 2018, arXiv:1709.02755, equations 1-4.

    Their highway passes x itself where it has the size of h, and x W_x where it has not.
    """
    f = sigmoid(x @ p.W_f + p.V_f * c + p.b_f)
    r = sigmoid(x @ p.W_r + p.V_r * c + p.b_r)
    c = f * c + (1 - f) * (x @ p.W_c)
    return r * c + (1 - r) * (x @ p.W_x), c


@unit('ugrnn', 'W_g U_g b_g W_c U_c b_c')
def ugrnn(p, x, h):
    """Collins, Sohl-Dickstein and Sussillo 2017, arXiv:1611.09913, with s = tanh."""
    c = np.tanh(h @ p.U_c + x @ p.W_c + p.b_c)
    g = sigmoid(h @ p.U_g + x @ p.W_g + p.b_g)
    return (g * h + (1 - g) * c,)


@unit('ind-rnn', 'W b V')
def ind_rnn(p, x, h):
    """Li, Li, Cook, Zhu and Gao 2018, arXiv:1803.04831, with relu."""
    return (relu(x @ p.W + p.V * h + p.b),)


@unit('irnn', 'W U b')
def irnn(p, x, h):
    """Le, Jaitly and Hinton 2015, arXiv:1504.00941: a recurrent network of rectified linear units."""
    return (relu(x @ p.W + h @ p.U + p.b),)


@unit('s-lstm', 'W_i U_i b_i W_f U_f b_f W_z U_z b_z W_o U_o b_o', states=3)
def s_lstm(p, x, h, c, n):
    """Beck et al. 2024, arXiv:2405.04517, equations 8-14, with f = exp.

    Without the stabiliser m of their equations 15-17, which leaves c / n as it is: float64 needs none here.
    """
    i = np.exp(x @ p.W_i + h @ p.U_i + p.b_i)
    f = np.exp(x @ p.W_f + h @ p.U_f + p.b_f)
    z = np.tanh(x @ p.W_z + h @ p.U_z + p.b_z)
    o = sigmoid(x @ p.W_o + h @ p.U_o + p.b_o)
    c = f * c + i * z
    n = f * n + i
    return o * (c / n), c, n
