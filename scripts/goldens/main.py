"""Writes test/goldens: small cases with the NLL and the gradient that the kernels have to find.

Needs NumPy; `npm run make:goldens` starts it. The goldens of tanh, gru and lstm come from another program's autodiff; --check finds them again.
"""

import argparse
import itertools
import json
import sys
import zlib
from pathlib import Path

import numpy as np

from model import nll_and_gradient, shapes
from units import UNITS, NearKink

FOLDER = Path(__file__).parents[2] / 'test' / 'goldens'
OF_ANOTHER_PROGRAM = ('tanh', 'gru', 'lstm')
SIZES = (5, 8)
OUTPUTS = {
    'bernoulli': {'output': 'bernoulli', 'frameSize': 7, 'mixtures': None},
    'mixture': {'output': 'mixture', 'frameSize': 3, 'mixtures': 4},
}
LENGTHS = (9, 4, 1)
INPUT_SIZE = 7
SPREAD = 0.5
DIGITS = 10
# A gradient whose terms cancel, as those of b_i of the sLSTM do, is 0; what float64 leaves of it is not.
ROUNDING = 1e-13
# What --check lets pass: the goldens hold ten digits or more.
TOLERANCE = 1e-9


def main():
    parser = argparse.ArgumentParser(description='Writes the goldens of units to test/goldens.')
    parser.add_argument('unit', nargs='*', help="those of this one; of all but the paper's three if none is named")
    parser.add_argument('--check', action='store_true', help='write nothing: compute every golden there is anew')
    asked = parser.parse_args()
    if asked.check:
        return check()
    unknown = [name for name in asked.unit if name not in UNITS]
    if unknown:
        parser.error(f'no unit {unknown[0]} in scripts/goldens/units.py; there are {", ".join(UNITS)}')
    for name in asked.unit or [name for name in UNITS if name not in OF_ANOTHER_PROGRAM]:
        for output in OUTPUTS:
            for size in SIZES:
                write(f'{name}-{output}-{size}', name, output, size)
    return 0


def write(file, unit, output, size):
    for draw in itertools.count():
        try:
            case = golden(file, unit, output, size, draw)
        except NearKink:
            continue
        (FOLDER / f'{file}.json').write_text(json.dumps(case, separators=(',', ':')) + '\n')
        return print(f'{file}: NLL {", ".join(f"{one:.4f}" for one in case["nll"])}')


def golden(file, unit, output, size, draw):
    """Its numbers follow from its name and the number of the draw; float32 holds inputs and parameters exactly."""
    random = np.random.RandomState(zlib.crc32(file.encode()) + draw)
    case = {'name': file, 'cell': unit, 'units': size, 'inputSize': INPUT_SIZE, **OUTPUTS[output]}
    case['sequences'] = [sequence(case, length, random) for length in LENGTHS]
    case['parameters'] = {
        name: on_grid(SPREAD * random.standard_normal(shape), 256) for name, shape in shapes(case).items()
    }
    nll, gradient = nll_and_gradient(case)
    case['nll'] = nll
    case['gradient'] = {name: rounded(value) for name, value in gradient.items()}
    return case


def sequence(case, length, random):
    """Notes whose next frame is predicted, or waves whose next samples are."""
    if case['output'] == 'bernoulli':
        frames = (random.random_sample((length + 1, case['inputSize'])) < 0.25).astype(int).tolist()
        return {'inputs': frames[:-1], 'targets': frames[1:]}
    samples = {'inputs': case['inputSize'], 'targets': case['frameSize']}
    return {name: on_grid(random.standard_normal((length, width)), 64) for name, width in samples.items()}


def on_grid(values, parts):
    return (np.round(values * parts) / parts).tolist()


def rounded(values):
    """So many digits, as nested lists."""
    digits = np.vectorize(lambda value: float(f'{value:.{DIGITS - 1}e}'))
    return digits(np.where(np.abs(values) < ROUNDING, 0, values)).tolist()


def check():
    """How far the goldens are off: the NLL relatively, the gradient relatively to its parameter's largest entry."""
    failed = 0
    for path in sorted(FOLDER.glob('*-*-[0-9].json')):
        case = json.loads(path.read_text())
        nll, gradient = nll_and_gradient(case)
        off_nll = max(abs(a / b - 1) for a, b in zip(nll, case['nll'], strict=True))
        if gradient.keys() != case['gradient'].keys():
            return f'{path.name} holds the gradient of other parameters'
        off_gradient = max(
            np.abs(gradient[name] - value).max() / (np.abs(value).max() or 1)
            for name, value in case['gradient'].items()
        )
        print(f'{path.stem}: NLL off by {off_nll:.1e}, gradient by {off_gradient:.1e}')
        failed += not max(off_nll, off_gradient) < TOLERANCE
    if failed:
        return f'{failed} goldens are off by {TOLERANCE} or more'
    return 0


sys.exit(main())
