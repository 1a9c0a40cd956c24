"""How much time and memory the signals of a blend may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Fixed before fitting, so that the same data give the same model on every machine."""

    min_count: int = 3
    """Items with events of fewer users have no place in the large tables."""
    most_items: int = 5_000
    """So many items at most have a place there: those with most users. Time grows with the third
    power of it, memory with the second: 5,000 take about 300 MiB."""
    most_followed: int = 3_500
    """So many of them have a place in the sequence model; of others too little followed."""
    neighbours: int = 150
    """Entries a row of EASE's table keeps."""
    followers: int = 300
    """Entries a row of the sequence model's table keeps; there is more noise in them."""
    depth: int = 500
    """Events of a history that are looked at, the newest ones."""
    sample: int = 500
    """Users by whom is known what an item usually scores."""
    factors: int = 64
    """Numbers that describe taste as a whole."""
    past: int | None = None
    """Events before a position that the sequence model looks at; None: as many as matter."""
    following: int = 200_000
    """Events from which is learnt what attributes follow; there are few attributes."""
    memory: int | None = None
    """Bytes one table may take while it is computed; None: four fifths of what is free."""
    seed: int = 0
