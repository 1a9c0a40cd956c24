"""The space: names and their vectors, and the questions one may put to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from lab_kit.embed.neighbours import Neighbours
from lab_kit.errors import LabKitError
from lab_kit.recommend.top import top


class Vectors:
    """Names (words, or ids of items), each with a vector.

    All questions are answered by the cosine, so that the length of a vector, which follows how
    often a name occurs, plays no part.

    Args:
        names: Distinct; the commonest first where that is known.
        matrix: (names, dimensions) float32.
        counts: (names,), how often each occurred; None where it is not known.
        shown: What a person reads instead of a name, such as the title of an item.
    """

    def __init__(
        self,
        names: Sequence[str],
        matrix: np.ndarray,
        counts: np.ndarray | None = None,
        *,
        shown: Mapping[str, str] | None = None,
    ) -> None:
        self.names = tuple(names)
        self.matrix = np.ascontiguousarray(matrix, np.float32)
        self.counts = None if counts is None else np.asarray(counts, np.int64)
        self.shown = dict(shown or {})
        self._place = {name: place for place, name in enumerate(self.names)}
        if self.matrix.shape[:1] != (len(self._place),) or len(self._place) != len(self.names):
            raise LabKitError(
                f"{len(self._place):,} distinct names, {len(self.names):,} names and a matrix of "
                f"shape {self.matrix.shape}",
                where="names, matrix",
                next_step="give every name once, and one row of the matrix to each",
            )

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._place

    def __getitem__(self, name: str) -> np.ndarray:
        """(dimensions,) float32: the vector of a name.

        Raises:
            LabKitError: If it is unknown, with the nearest spellings.
        """
        return self.matrix[self.place(name)]

    def __repr__(self) -> str:
        return f"Vectors({len(self):,} names, {self.matrix.shape[1]} dimensions)"

    @cached_property
    def directions(self) -> np.ndarray:
        """(names, dimensions) float32: the vectors at length 1; those of length 0 stay 0."""
        return unit(self.matrix)

    def place(self, name: str) -> int:
        """The row of a name.

        Raises:
            LabKitError: If it is unknown, with the nearest spellings.
        """
        found = self._place.get(name)
        if found is None:
            near = self.spellings(name)
            raise LabKitError(
                f"{name!r} is not among the {len(self):,} names of this space",
                where="near in spelling: " + ", ".join(near) if near else None,
                next_step="take one of these"
                if near
                else "look at .names; words that are rarer than min_count have no vector",
            )
        return found

    def spellings(self, name: str, n: int = 3) -> list[str]:
        """Known names that are written like this one, the most similar first."""
        folded = {known.lower(): known for known in reversed(self.names)}
        close = get_close_matches(str(name).lower(), list(folded), n, cutoff=0.6)
        return [folded[each] for each in close]

    def called(self, name: str) -> str:
        """What a person reads for a name."""
        return self.shown.get(name, name)

    # ---- questions

    def similarity(self, one: str, other: str) -> float:
        """The cosine of two names, -1 to 1.

        Raises:
            LabKitError: If one is unknown; so do all the questions below.
        """
        return float(self.directions[self.place(one)] @ self.directions[self.place(other)])

    def similarities(self, names: Iterable[str]) -> pd.DataFrame:
        """The cosines of all pairs of some names, rows and columns in their order."""
        names = list(names)
        some = self.directions[[self.place(name) for name in names]]
        return pd.DataFrame((some @ some.T).astype(float), index=names, columns=names)

    def nearest(
        self, to: str | np.ndarray, k: int = 10, *, without: Iterable[str] = ()
    ) -> Neighbours:
        """The k names with the largest cosine to a name, which is left out, or to a vector.

        Args:
            to: A name, or a vector (dimensions,).
            k: How many at most.
            without: Further names to leave out.
        """
        what, vector = "a vector", to
        if isinstance(to, str):
            what, vector, without = self.called(to), self[to], [to, *without]
        scores = self.directions @ unit(np.asarray(vector, np.float32))
        scores[[self.place(name) for name in without]] = -np.inf
        best = top(scores, k)
        names = [self.names[place] for place in best]
        return Neighbours(what, names, scores[best], [self.called(name) for name in names])

    def analogy(self, a: str, b: str, c: str, k: int = 5) -> Neighbours:
        """What is to `c` as `b` is to `a`: the names nearest to b - a + c, these three left out.

        All three count as directions (3CosAdd: Mikolov, Yih & Zweig, Linguistic Regularities in
        Continuous Space Word Representations, NAACL 2013). That the three are left out matters:
        without, the answer is often `c` itself (Linzen, Issues in evaluating semantic spaces using
        word analogies, RepEval 2016).
        """
        one, other, third = (self.directions[self.place(name)] for name in (a, b, c))
        found = self.nearest(other - one + third, k, without={a, b, c})
        return found.about(f"{self.called(a)} : {self.called(b)} :: {self.called(c)} : ?")

    def odd_one_out(self, names: Sequence[str]) -> str:
        """The name that is least like the mean direction of all of them.

        Raises:
            LabKitError: If fewer than three are given, or one is unknown.
        """
        if len(set(names)) < 3:
            raise LabKitError(
                f"{len(set(names))} different names have no odd one out",
                where="names",
                next_step="give three or more",
            )
        some = self.directions[[self.place(name) for name in names]]
        return names[int(np.argmin(some @ unit(some.mean(axis=0))))]

    def axis(self, low: str, high: str, names: Iterable[str]) -> pd.Series:
        """Where names lie between two others: the cosine to the one less that to the other.

        Args:
            low: The name at the lower end.
            high: The name at the upper end.
            names: The names to be placed.

        Returns:
            One value a name, -2 to 2, rising; 0 is as near to the one as to the other.
        """
        direction = self.directions[self.place(high)] - self.directions[self.place(low)]
        values = {name: float(self.directions[self.place(name)] @ direction) for name in names}
        return pd.Series(values, name=f"{low} to {high}", dtype=float).sort_values()

    # ---- parts and files

    def take(self, names: Iterable[str]) -> Vectors:
        """The space of some names, in their order."""
        places = [self.place(name) for name in names]
        counts = None if self.counts is None else self.counts[places]
        kept = [self.names[place] for place in places]
        return Vectors(kept, self.matrix[places], counts, shown=self.shown)

    def common(self, n: int) -> Vectors:
        """The space of the n names that occur most often; of the first n where that is unknown."""
        if self.counts is None:
            return self.take(self.names[:n])
        order = np.argsort(-self.counts, kind="stable")[:n]
        return self.take([self.names[place] for place in order])

    def save(self, path: Path) -> None:
        """Write names, vectors and counts to one npz file."""
        counts = np.empty(0, np.int64) if self.counts is None else self.counts
        shown = [self.called(name) for name in self.names]
        np.savez(
            Path(path),
            names=np.array(self.names, dtype="U"),
            shown=np.array(shown, dtype="U"),
            matrix=self.matrix,
            counts=counts,
        )

    @classmethod
    def load(cls, path: Path) -> Vectors:
        """Read what `save` wrote.

        Raises:
            LabKitError: If there is no such file, or it holds something else.
        """
        try:
            with np.load(Path(path), allow_pickle=False) as file:
                names, shown = file["names"].tolist(), file["shown"].tolist()
                counts = file["counts"] if len(file["counts"]) else None
                return cls(
                    names,
                    file["matrix"],
                    counts,
                    shown={n: s for n, s in zip(names, shown, strict=True) if n != s},
                )
        except FileNotFoundError:
            raise LabKitError(
                "There is no such file", where=str(path), next_step="save vectors there first"
            ) from None
        except (KeyError, ValueError, OSError):
            raise LabKitError(
                "The file does not hold vectors",
                where=str(path),
                next_step="give a file that Vectors.save wrote",
            ) from None


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of the same directions and of length 1; those of length 0 stay 0."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(length > 0, length, 1)
