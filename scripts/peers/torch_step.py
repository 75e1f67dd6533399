"""One training step of the paper's protocol in PyTorch, with its own recurrent units.

nn.GRU resets after the product and nn.LSTM has no peepholes, so the models differ in these two; the work
is the same to a few per cent. Started by `gru-bench bench`. See workload.py for what it reads and answers.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from workload import DECAY, MAXIMUM_NORM, MOMENTUM, NOISE, RMS_FLOOR, read_workload, serve

UNITS = {"tanh": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def bernoulli(a, y):
    return functional.binary_cross_entropy_with_logits(a, y, reduction="none").sum(-1)


def mixture(a, y, mixtures):
    size = y.shape[-1]
    logits, means, deviations = a.split([mixtures, mixtures * size, mixtures * size], -1)
    shape = (*a.shape[:-1], mixtures, size)
    sigma = functional.softplus(deviations.reshape(shape)) + 1e-4
    standardised = (y[..., None, :] - means.reshape(shape)) / sigma
    density = -(sigma.log() + 0.5 * standardised**2).sum(-1) - 0.5 * size * math.log(2 * math.pi)
    return -torch.logsumexp(functional.log_softmax(logits, -1) + density, -1)


class Step:
    """Flat parameters, so that noise, norm and update are a few operations on one tensor each."""

    def __init__(self, workload, x, y):
        self.workload, self.x, self.y = workload, x, y
        size = workload.frame_size
        outputs = size if workload.output == "bernoulli" else workload.mixtures * (1 + 2 * size)
        self.unit = UNITS[workload.unit](workload.input_size, workload.hidden_size)
        self.output = nn.Linear(workload.hidden_size, outputs)
        weights = [self.unit.weight_ih_l0, self.unit.weight_hh_l0]
        others = [self.unit.bias_ih_l0, self.unit.bias_hh_l0, self.output.weight, self.output.bias]
        self.noisy = sum(p.numel() for p in weights)
        everything = weights + others
        self.flat = torch.cat([p.detach().reshape(-1) for p in everything])
        self.gradient = torch.zeros_like(self.flat)
        self.mean_square = torch.zeros_like(self.flat)
        self.velocity = torch.zeros_like(self.flat)
        self.noise = torch.empty(self.noisy)
        start = 0
        for p in everything:
            end = start + p.numel()
            p.data = self.flat[start:end].view_as(p)
            p.grad = self.gradient[start:end].view_as(p)
            start = end

    def __call__(self):
        w = self.workload
        self.noise.normal_(0, NOISE)
        self.flat[: self.noisy] += self.noise
        self.gradient.zero_()
        h, _ = self.unit(self.x)
        a = self.output(h)
        nll = bernoulli(a, self.y) if w.output == "bernoulli" else mixture(a, self.y, w.mixtures)
        nll = nll.sum(0)
        nll.mean().backward()
        with torch.no_grad():
            self.flat[: self.noisy] -= self.noise
            g = self.gradient
            g.mul_(min(1.0, MAXIMUM_NORM / float(g.norm())))
            self.mean_square.mul_(DECAY).addcmul_(g, g, value=1 - DECAY)
            self.velocity.mul_(MOMENTUM).addcdiv_(g, self.mean_square.sqrt().clamp_(min=RMS_FLOOR), value=-1e-3)
            self.flat.add_(self.velocity)
        return float(nll.sum())


def main():
    torch.set_num_threads(1)
    workload, arrays = read_workload()
    x, y = torch.from_numpy(arrays.inputs.copy()), torch.from_numpy(arrays.targets.copy())

    def program(onednn):
        def make():
            step = Step(workload, x, y)

            def run():
                with torch.backends.mkldnn.flags(enabled=onednn):
                    step()

            return run

        return make

    settings = {"with oneDNN": program(True), "without oneDNN": program(False)}
    serve(f"PyTorch {torch.__version__}", settings, None)


main()
