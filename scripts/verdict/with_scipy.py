"""Compares units as `gru-bench report` does, by SciPy and NumPy: differences paired by seed, Holm's correction, and the
bootstrap over seeds and test sequences (those of one recording together). Reads results.csv, sequence-nll.csv and experiment.json of a folder; prints JSON."""

import csv
import itertools
import json
import sys

import numpy as np
from scipy import special, stats

RESAMPLES = 100_000


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def reported(rows, seed):
    """The trials of the learning rate with the best validation NLL of the search, by seed."""
    ended = [r for r in rows if r["status"] not in ("rung", "open") and r["valid_nll"]]
    best = min((r for r in ended if int(r["seed"]) == seed), key=lambda r: float(r["valid_nll"]))
    return {int(r["seed"]): r for r in ended if r["draw"] == best["draw"]}


def paired(a, b):
    d = np.array(a) - np.array(b)
    n = len(d)
    if n == 1:
        return {"n": 1, "mean": d[0]}
    test = stats.ttest_rel(a, b)
    low, high = test.confidence_interval(0.95)
    half = (n - 1) / 2
    hedges = special.gamma(half) / (np.sqrt(half) * special.gamma(half - 0.5))
    effect = d.mean() / d.std(ddof=1) * hedges
    return {"n": n, "mean": d.mean(), "interval": (high - low) / 2, "p": test.pvalue, "effect": effect}


def holm(ps):
    order = np.argsort(ps, kind="stable")
    corrected = np.empty(len(ps))
    corrected[order] = np.minimum(1, np.maximum.accumulate(np.sort(ps) * np.arange(len(ps), 0, -1)))
    return corrected


def widening(n):
    return np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1) / stats.norm.ppf(0.975) if n > 1 else 0


def both(differences, known, frames, pieces, rule, generator):
    """`known`: of some seeds, the difference of the summed NLL of each test sequence; `pieces`: what is drawn together."""
    n, count = len(differences), max(pieces) + 1
    d = np.array(differences)

    def average(nll, places):
        above, below = (nll, frames) if rule == "per frame" else (nll / frames, np.ones(len(frames)))
        sums = [np.bincount(pieces, of, count) for of in (above, below)]
        return sums[0][places].sum(-1) / sums[1][places].sum(-1)

    places = generator.integers(0, count, (RESAMPLES, count))
    shifts = np.array([average(nll, places) - average(nll, np.arange(count)) for nll in known.values()])
    seeds = generator.integers(0, n, (RESAMPLES, n))
    own = np.array([list(known).index(i) if i in known else -1 for i in range(n)])[seeds]
    own = np.where(own < 0, generator.integers(0, len(known), own.shape), own)
    shift = np.mean([shifts[own[:, i], np.arange(RESAMPLES)] for i in range(n)], axis=0)
    moved = d.mean() + widening(n) * (d[seeds].mean(-1) - d.mean()) + widening(count) * shift
    low, high = np.quantile(moved, [0.025, 0.975])
    p = min(1, 2 * (1 + min((moved <= 0).sum(), (moved >= 0).sum())) / (RESAMPLES + 1))
    return {"low": low, "high": high, "p": p, "resamples": RESAMPLES}


def pairs_of(plan):
    """Each unit with the baseline, or each with each."""
    units, baseline = plan["units"], plan.get("baseline")
    if baseline is None:
        return itertools.combinations(units, 2)
    return [(unit, baseline) for unit in units if unit != baseline]


def compare(folder):
    results = rows_of(f"{folder}/results.csv")
    sequences = rows_of(f"{folder}/sequence-nll.csv")
    with open(f"{folder}/experiment.json") as file:
        datasets = json.load(file)["datasets"]
    generator = np.random.default_rng(0)
    for dataset, rule in itertools.product(datasets, ("per frame", "per sequence")):
        plan = dataset["plan"]
        name, seed = plan["name"], plan["seed"]
        column = "test_nll" if rule == "per frame" else "test_nll_per_sequence"
        own = [r for r in results if r["dataset"] == name]
        trials = {unit: reported([r for r in own if r["unit"] == unit], seed) for unit in plan["units"]}
        nlls = {}
        for row in sequences:
            if row["dataset"] == name and int(row["draw"]) == int(next(iter(trials[row["unit"]].values()))["draw"]):
                nlls.setdefault((row["unit"], int(row["seed"])), []).append(row)
        frames = np.array([int(r["predicted_frames"]) for r in next(iter(nlls.values()))])
        pieces = dataset.get("testRecordings", range(len(frames)))
        found = []
        for a, b in pairs_of(plan):
            seeds = sorted(trials[a].keys() & trials[b].keys())
            values = [[float(trials[unit][s][column]) for s in seeds] for unit in (a, b)]
            nll = lambda unit, s: np.array([float(r["nll"]) for r in nlls[unit, s]])
            known = {
                i: nll(a, s) - nll(b, s)
                for i, s in enumerate(seeds)
                if (a, s) in nlls and (b, s) in nlls
            }
            differences = np.subtract(*values)
            found.append(
                {
                    **{"dataset": name, "rule": rule, "units": [a, b]},
                    **{"test": paired(*values), "bootstrap": both(differences, known, frames, pieces, rule, generator)},
                    "withoutSearch": paired(*[v[1:] for v in values]) if len(seeds) > 1 else None,
                }
            )
        for key in ("test", "bootstrap", "withoutSearch"):
            those = [one[key] for one in found if one[key] and "p" in one[key]]
            for one, p in zip(those, holm([one["p"] for one in those])):
                one["pHolm"] = p
        yield from found


json.dump(list(compare(sys.argv[1])), sys.stdout, default=float)
