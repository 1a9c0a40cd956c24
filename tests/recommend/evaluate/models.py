"""Models whose lists are known beforehand, and models that go wrong."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lab_kit.recommend.model import Model


@dataclass(eq=False, repr=False)
class Constant(Model):
    """Scores everything the same: nothing but the order of ties speaks."""

    name: ClassVar[str] = "constant"
    paper: ClassVar[str] = "none"

    def _learn(self, interactions, progress):
        pass

    def _scores(self, histories):
        return np.zeros((len(histories), len(self.items)), np.float32)


@dataclass(eq=False, repr=False)
class Oracle(Constant):
    """Knows the future: scores what is to be found by its user, and hits a part of it."""

    name: ClassVar[str] = "oracle"
    share: float = 1.0

    truth: ClassVar[dict] = {}

    def _scores(self, histories):
        scores = super()._scores(histories)
        for row, user in enumerate(histories.user):
            wanted = self.truth[int(user)]
            scores[row, wanted[: int(np.ceil(self.share * len(wanted)))]] = 1
        return scores

    @classmethod
    def of(cls, task, share=1.0):
        cls.truth = {
            int(user): task.targets[[row]].indices for row, user in enumerate(task.histories.user)
        }
        return cls(share)


@dataclass(eq=False, repr=False)
class Broken(Constant):
    name: ClassVar[str] = "broken"

    def _learn(self, interactions, progress):
        raise ZeroDivisionError("weights add up to nothing")


@dataclass(eq=False, repr=False)
class Mute(Constant):
    name: ClassVar[str] = "mute"

    def _scores(self, histories):
        return np.full((len(histories), len(self.items)), np.nan, np.float32)


@dataclass(eq=False, repr=False)
class Greedy(Constant):
    """Takes memory while fitting, and gives it back."""

    name: ClassVar[str] = "greedy"
    mib: int = 200

    def _learn(self, interactions, progress):
        taken = np.ones(self.mib * 2**20 // 8)
        for _ in range(20):  # long enough to be seen
            taken += 1
