"""The search: which candidates are tried, which are followed to the last fold, which are averaged.

1. The best guess of each algorithm is fitted on the first fold, the baseline on all of them.
2. The other trials go to the algorithms that lead: first what is left of their portfolios, then
   settings near their best ones. Four at a time, so that the order of answers changes nothing.
3. Followed to the last fold are the best of each algorithm and the best of all; the others are
   stopped, since what is far behind on one fold hardly leads on five.
4. The best that went all the way are averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from lab_kit.automl.algorithms import ALGORITHMS, BASELINE, NEIGHBOURS, Settings
from lab_kit.automl.budget import Budget
from lab_kit.automl.ensemble import greedy_weights
from lab_kit.automl.pipeline import Candidate
from lab_kit.automl.trials import SEARCHING, Bench, Trial

BATCH = 4
PLACES = (0, 1, 0, 2)
"""Which algorithm, by its rank, each trial of a batch goes to."""
FRESH = 0.25
"""Share of trials drawn from the whole space instead of near the best."""
OTHER_PREPROCESSING = 0.25
OUT_OF_TIME = "the time was over"

After = Callable[[list[Trial], Trial], None]
Tell = Callable[[float, str], None]


@dataclass
class Search:
    """Trials made so far, on a bench, within a budget."""

    bench: Bench
    algorithms: Sequence[str]
    budget: Budget
    after: After
    tell: Tell
    trials: list[Trial] = field(default_factory=list)

    def run(self, pool: ThreadPoolExecutor) -> None:
        """Make all trials; where the clock ends it, those that were made."""
        baseline = self._new(Candidate(BASELINE, "categories"))
        self._fit([(baseline, fold) for fold in range(self.bench.folds)], pool)
        first = [name for name in self.algorithms if name != BASELINE][: self.budget.trials - 1]
        self._fit([(self._new(_first(name)), 0) for name in first], pool)
        random = np.random.default_rng(self.bench.seed)
        while len(self.trials) < self.budget.trials and not self.bench.clock.past(SEARCHING):
            number = min(BATCH, self.budget.trials - len(self.trials))
            proposed = self._proposed(number, random)
            if not proposed:
                break
            self._fit([(self._new(candidate), 0) for candidate in proposed], pool)
        chosen = self._followed()
        rest = range(1, self.bench.folds)
        self._fit([(trial, fold) for fold in rest for trial in chosen], pool)
        self._say_why_stopped(chosen)

    def single(self) -> Trial:
        """The best of all, the baseline included."""
        able, folds = self._comparable()
        return min([*able, self.trials[0]], key=lambda trial: np.mean(trial.losses[:folds]))

    def weights(self) -> list[tuple[Trial, float]]:
        """Members of the average and their weights."""
        able, folds = self._comparable()
        if len(able) < 2:
            return [(able[0], 1.0)]
        rows = self.bench.rows
        inside = self.bench.fold < folds
        weights = None if rows.weights is None else rows.weights[inside]
        found = greedy_weights(
            [self.bench.out_of_fold(trial, folds) for trial in able],
            lambda predicted: self.bench.loss(rows.target[inside], predicted, weights),
        )
        return [(t, float(w)) for t, w in zip(able, found, strict=True) if w > 0]

    def _comparable(self) -> tuple[list[Trial], int]:
        """The trials that led, the best first, and how many folds all of them were fitted on.

        That is all folds, unless the time was over before: then as many as two of them reached.
        Where nothing but the baseline was fitted, it is alone.
        """
        led = [
            trial for trial in self.trials[1:] if trial.losses and trial.why in ("", OUT_OF_TIME)
        ]
        if not led:
            return self.trials[:1], self.bench.folds
        reached = sorted((len(trial.losses) for trial in led), reverse=True)
        folds = reached[:2][-1]
        able = [trial for trial in led if len(trial.losses) >= folds]
        return sorted(able, key=lambda trial: float(np.mean(trial.losses[:folds]))), folds

    def _fit(self, wanted: list[tuple[Trial, int]], pool: ThreadPoolExecutor) -> None:
        def after(trial: Trial) -> None:
            self.after(self.trials, trial)
            self.tell(self._share(), f"{len(self.trials)} trials, now {trial.name}")

        self.bench.run(wanted, pool, after)
        best = self.best()
        for trial in self.trials:  # fitted forests are large: only the best of a kind is kept
            if trial not in best:
                trial.first = None

    def _share(self) -> float:
        """Fits made of those to be made, about."""
        made = sum(len(trial.losses) for trial in self.trials)
        follow = min(self.budget.trials, self.budget.followed + len(self.algorithms))
        return min(made / (self.budget.trials + follow * (self.bench.folds - 1)), 1.0)

    def _new(self, candidate: Candidate) -> Trial:
        number = 1 + sum(t.candidate.algorithm == candidate.algorithm for t in self.trials)
        self.trials.append(Trial(candidate, number))
        return self.trials[-1]

    def best(self) -> list[Trial]:
        """The best trial of each algorithm, the best first, without the baseline."""
        found: dict[str, Trial] = {}
        for trial in sorted(self.trials, key=lambda trial: trial.losses[:1] or [np.inf]):
            if trial.losses and not trial.why and trial.candidate.algorithm != BASELINE:
                found.setdefault(trial.candidate.algorithm, trial)
        return list(found.values())

    def _proposed(self, number: int, random: np.random.Generator) -> list[Candidate]:
        best = [t for t in self.best() if t.candidate.algorithm != NEIGHBOURS]
        if not best:
            return []
        proposed: list[Candidate] = []
        for place in PLACES[:number]:
            leader = best[min(place, len(best) - 1)]
            proposed.append(self._next(leader, proposed, random))
        return proposed

    def _next(
        self, leader: Trial, proposed: list[Candidate], random: np.random.Generator
    ) -> Candidate:
        """What is left of the portfolio, else something near the leader."""
        algorithm = ALGORITHMS[leader.candidate.algorithm]
        known = [*(trial.candidate for trial in self.trials), *proposed]
        for settings in algorithm.portfolio:
            if (
                untried := Candidate(algorithm.name, algorithm.preprocessings[0], settings)
            ) not in known:
                return untried
        for preprocessing in algorithm.preprocessings[1:]:
            other = Candidate(algorithm.name, preprocessing, algorithm.portfolio[0])
            if other not in known:
                return other
        near: Settings = {} if random.random() < FRESH else leader.candidate.settings
        settings = {
            name: range_.draw(random, near.get(name)) for name, range_ in algorithm.space.items()
        }
        switched = random.random() < OTHER_PREPROCESSING
        kind = (
            random.choice(algorithm.preprocessings) if switched else leader.candidate.preprocessing
        )
        return Candidate(algorithm.name, str(kind), settings)

    def _followed(self) -> list[Trial]:
        able = [t for t in self.trials if t.losses and not t.why and len(t.losses) == 1]
        able.sort(key=lambda trial: trial.loss)
        kept = [*self.best(), *able]
        most = len(self.best()) + self.budget.followed
        unique: list[Trial] = []
        for trial in kept:
            if trial not in unique and len(trial.losses) == 1:
                unique.append(trial)
        return unique[:most]

    def _say_why_stopped(self, chosen: list[Trial]) -> None:
        leader = min((trial.losses[0] for trial in self.trials if trial.losses), default=0.0)
        for trial in self.trials:
            if trial.why or len(trial.losses) == self.bench.folds:
                continue
            if trial in chosen or not trial.losses:
                trial.why = OUT_OF_TIME
            else:
                loss = trial.losses[0]
                trial.why = f"stopped after one fold: loss {loss:.4g}, the best {leader:.4g}"


def _first(name: str) -> Candidate:
    algorithm = ALGORITHMS[name]
    return Candidate(name, algorithm.preprocessings[0], algorithm.portfolio[0])
