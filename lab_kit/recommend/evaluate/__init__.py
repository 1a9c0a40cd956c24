"""How good is a recommender, and how sure may one be?

    from lab_kit.recommend import EASE, Interactions, compare, evaluate

    known = Interactions.from_frame(data.interactions, items=data.items)
    task = evaluate.new_users(known)            # or leave_one_out, by_time
    found = evaluate.measure(EASE().fit(task.train), task)
    found.values                                # every measure of every user, unrounded

    table = compare(task)                       # every model, beside honest baselines
    table.pairs("personalisation", "EASE")      # the difference, over the same users
    table.slices                                # for whom, and for which items
    plots.models_compared(table)

A protocol says what a model may know, whom it is asked about and what is to be found (`HeldOut`).
The whole catalogue is ranked, or the candidates that `HeldOut.among` names; no items are sampled,
because sampled figures may rank models the other way round (Krichene & Rendle, On Sampled Metrics
for Item Recommendation, KDD 2020). What would make a figure meaningless is refused; what one has to
know to read it is said below the table.

The measures are functions over `metrics.Hits` (`metrics`) and over lists (`beyond`).
"""

from lab_kit.recommend.evaluate.compare import compare
from lab_kit.recommend.evaluate.comparison import Comparison
from lab_kit.recommend.evaluate.evaluation import Evaluation, measure
from lab_kit.recommend.evaluate.pairs import Pair
from lab_kit.recommend.evaluate.protocols import by_time, leave_one_out, new_users
from lab_kit.recommend.held_out import HeldOut

__all__ = [
    "Comparison",
    "Evaluation",
    "HeldOut",
    "Pair",
    "by_time",
    "compare",
    "leave_one_out",
    "measure",
    "new_users",
]
