"""Fit many models on the same events, ask them about the same users, and say which is best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tqdm.auto import tqdm

from lab_kit.errors import LabKitError
from lab_kit.recommend.evaluate.comparison import Comparison
from lab_kit.recommend.evaluate.cost import Cost, Peak, Stopwatch
from lab_kit.recommend.evaluate.doubts import doubts
from lab_kit.recommend.evaluate.evaluation import DEPTHS, MEASURES, Evaluation, ask, measure
from lab_kit.recommend.evaluate.guards import require_question
from lab_kit.recommend.evaluate.lineup import baselines, every_model
from lab_kit.recommend.evaluate.protocols import new_users
from lab_kit.recommend.held_out import HeldOut
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.memory import MIB
from lab_kit.recommend.model import Model, Progress

NOTES = (
    "MiB: how much the process grew while fitting, looked at every 5 ms; a peak between two looks "
    "is missed.",
    "Intervals: 2,000 draws of the users; they know nothing of other data or another fit.",
)


def compare(
    data: Interactions | HeldOut | Sequence[HeldOut],
    models: Mapping[str, Model] | None = None,
    *,
    metric: str = "NDCG@10",
    depths: Sequence[int] = DEPTHS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Fit models one after another, and measure each over the same users.

    Popularity and that of the last 7 days are always there, and the user's own recent items where
    items may be found again. A model that refuses or fails has a row with the reason. Models are
    asked in batches, and none is kept.

    Args:
        data: What a protocol gave, or several (all folds), whose users are then put together; or
            interactions, a tenth of whose users are then asked (`new_users`).
        models: By the name they shall have; they are copied, not fitted. None: every model.
        metric: What they are ranked by: a measure and one of the depths.
        depths: Lengths of the lists measured.
        seed: For the models and the folds where none were given.
        progress: Told how far it is; None: a bar.

    Raises:
        LabKitError: If there is no such measure, nobody can be asked, or parts differ in `repeats`.
    """
    name, _, depth = metric.rpartition("@")
    if name not in MEASURES or depth not in map(str, depths):
        raise LabKitError(
            f"There is no measure {metric!r}",
            where="metric",
            next_step=f"write one of {', '.join(MEASURES)}, then @ and one of the depths {depths}",
        )
    if isinstance(data, Interactions):
        data = new_users(data, seed=seed)
    tasks = [data] if isinstance(data, HeldOut) else list(data)
    if len({task.repeats for task in tasks}) != 1:
        raise LabKitError(
            "The held-out parts ask different questions, or there are none",
            where=f"{len(tasks)} parts",
            next_step="give parts of one protocol, all with repeats or all without",
        )
    for task in tasks:
        require_question(task)
    repeats = tasks[0].repeats
    models = every_model(repeats, seed) if models is None else models
    models = {**models, **{k: v for k, v in baselines(repeats).items() if k not in models}}

    evaluations: dict[str, Evaluation] = {}
    costs: dict[str, Cost] = {}
    failures: dict[str, str] = {}
    with _bar(progress) as tell:
        for number, (called, model) in enumerate(models.items()):
            share = _share(tell, number, len(models), called)
            share(0.0, "fitting")
            try:
                evaluations[called], costs[called] = _one(called, model, tasks, depths, share)
            except Exception as error:  # whatever it was, the other models shall have their rows
                reason = str(error) or type(error).__name__
                named = isinstance(error, LabKitError)
                failures[called] = reason if named else f"{type(error).__name__}: {reason}"
    ranking = sorted(evaluations, key=lambda called: -evaluations[called][metric])
    evaluations = {called: evaluations[called] for called in ranking}
    return Comparison(
        evaluations,
        costs,
        failures,
        metric,
        tasks[0].how,
        doubts(tasks, evaluations, metric),
        (*(next(iter(evaluations.values())).about if evaluations else ()), *_notes(tasks), *NOTES),
    )


def _notes(tasks: Sequence[HeldOut]) -> tuple[str, ...]:
    if len(tasks) == 1:
        return tasks[0].notes
    return tuple(f"First of {len(tasks)} parts: {note}" for note in tasks[0].notes)


def _one(
    name: str, model: Model, tasks: Sequence[HeldOut], depths: Sequence[int], tell: Progress
) -> tuple[Evaluation, Cost]:
    parts, fitting, answering, peak = [], Stopwatch(), Stopwatch(), 0
    for number, task in enumerate(tasks):
        fresh = replace(model)  # type: ignore[type-var]
        with Peak() as grown, fitting:
            fresh.fit(task.train, progress=_share(tell, number, len(tasks), name))
        with answering:
            lists = ask(fresh, task, max(depths))
        peak = max(peak, grown.bytes)
        parts.append(measure(lists, task, name=name, depths=depths))
        del fresh
    found = Evaluation.joined(parts)
    cost = Cost(fitting.seconds / len(tasks), len(found) / answering.seconds, peak / MIB)
    return found, cost


@contextmanager
def _bar(progress: Progress | None) -> Iterator[Progress]:
    if progress is not None:
        yield progress
        return
    with tqdm(total=1000, bar_format="{l_bar}{bar}| {elapsed}", leave=False) as bar:

        def tell(done: float, what: str) -> None:
            bar.set_description(what, refresh=False)
            bar.update(round(1000 * done) - bar.n)

        yield tell


def _share(tell: Progress, number: int, parts: int, name: str) -> Progress:
    """The progress of one part of several, in words that name the model."""

    def share(done: float, what: str) -> None:
        tell((number + done) / parts, what if name in what else f"{name}: {what}")

    return share
