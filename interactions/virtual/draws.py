"""Random times that spread over a run as their distribution says."""

import math
import random
from collections.abc import Iterator
from datetime import timedelta

BLOCK = 100_000


def exponential(mean: float, dice: random.Random, *, about: int) -> Iterator[timedelta]:
    """Times with this mean in seconds, for ever, of which about so many will be asked for.

    Stratified: of every n in a row one lies in each of n equally likely ranges, in random order (Latin hypercube
    sampling; McKay, Beckman, Conover 1979). Neighbours are as independent as plain draws, but a run no longer happens
    to have one per cent too much work, which is what makes plain runs differ from each other and from theory.
    """
    n = max(1, min(about, BLOCK))
    while True:
        ranks = list(range(n))
        dice.shuffle(ranks)
        for rank in ranks:
            yield timedelta(seconds=-mean * math.log((rank + 1 - dice.random()) / n))
