"""What every library is asked: learn from one file, predict the rows of another."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.process import peak_mib

TARGET = "target"


def main(models):
    """Fit the model named, write its predictions, print how long it took and how much memory.

    Args:
        models: By name a function (train, target, problem, seconds) that gives a function from rows
            to numbers, probabilities of class 1, or classes.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("model", choices=models)
    parser.add_argument("problem")
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    train = pd.read_parquet(asked.folder / "train.parquet")
    test = pd.read_parquet(asked.folder / "test.parquet")
    target = train.pop(TARGET)
    begun, worked = time.perf_counter(), time.process_time()
    predict = models[asked.model](train, target, asked.problem, asked.seconds)
    fit, cpu = time.perf_counter() - begun, time.process_time() - worked
    predicted = np.asarray(predict(test))
    np.save(asked.folder / f"{asked.model}.npy", predicted)
    print(json.dumps({"fit": fit, "cpu": cpu, "peak_mib": peak_mib()}))
