"""Small spaces and texts whose every answer can be checked by eye."""

import numpy as np

from lab_kit.embed import Vectors

COMPASS = Vectors(
    ["north", "east", "south", "west", "northeast"],
    np.array([[0, 2], [1, 0], [0, -3], [-1, 0], [1, 1]], np.float32),
    [5, 4, 3, 2, 1],
)
"""Lengths differ; directions are those of a compass."""

# Cats and dogs eat and sleep; cars and buses drive and stop. Nothing stands in both.
ANIMALS, DOES = ["cat", "dog", "fox"], ["eats", "sleeps"]
MACHINES, MOVES = ["car", "bus", "tram"], ["drives", "stops"]


def two_worlds(sentences=400, seed=0):
    rng = np.random.default_rng(seed)
    found = []
    for number in range(sentences):
        who, what = (ANIMALS, DOES) if number % 2 else (MACHINES, MOVES)
        one, other = rng.choice(who, 2, replace=False)
        found.append([str(one), str(other), str(rng.choice(what))])
    return found


def quiet(done, what):
    """Progress nobody watches."""
