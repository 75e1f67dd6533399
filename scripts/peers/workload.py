"""What the peers share: the workload that `gru-bench bench` hands them, and how they answer it.

A peer is started as `python3 PEER.py FOLDER`. FOLDER holds `workload.json` and, as little-endian float32,
`inputs.bin` [T,B,I], `targets.bin` [T,B,D] and `parameters.bin` (the slices that workload.json lists, one
after another). The peer finds its fastest setting, writes one JSON line about itself, and from then on
answers each line with a number n on its standard input by the milliseconds of each of n steps.
"""

import json
import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy

NOISE = 0.075
MAXIMUM_NORM = 1.0
DECAY = 0.95
MOMENTUM = 0.9
RMS_FLOOR = 0.01

TRIAL_SECONDS = 0.5


class Workload(NamedTuple):
    unit: str
    hidden_size: int
    output: str
    mixtures: int
    sequences: int
    frames: int
    input_size: int
    frame_size: int


def read_workload():
    folder = Path(sys.argv[1])
    fields = json.loads((folder / "workload.json").read_text())
    slices = fields.pop("slices")
    workload = Workload(**fields)

    def read(name):
        return numpy.fromfile(folder / f"{name}.bin", "<f4")

    flat = read("parameters")
    parameters, start = {}, 0
    for name, shape in slices:
        size = int(numpy.prod(shape))
        parameters[name] = flat[start : start + size].reshape(shape)
        start += size
    shape = (workload.frames, workload.sequences)
    return workload, SimpleNamespace(
        parameters=parameters,
        inputs=read("inputs").reshape(*shape, workload.input_size),
        targets=read("targets").reshape(*shape, workload.frame_size),
    )


def milliseconds(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def fastest(settings):
    """The lowest median of the settings, after a warm-up of each, with its setting's name and program."""
    best = None
    for name, make in settings.items():
        run = make()
        for _ in range(3):
            run()
        times, end = [], time.perf_counter() + TRIAL_SECONDS
        while time.perf_counter() < end or len(times) < 5:
            times.append(milliseconds(run))
        median = statistics.median(times)
        if best is None or median < best[0]:
            best = (median, name, run)
    return best


def serve(program, settings, nll):
    """Answers until standard input ends. `nll`: of each sequence without noise, or None."""
    median, setting, run = fastest(settings)
    print(json.dumps({"program": program, "setting": setting, "median": median, "nll": nll}), flush=True)
    for line in sys.stdin:
        times = [milliseconds(run) for _ in range(int(line))]
        print(json.dumps({"milliseconds": times}), flush=True)
