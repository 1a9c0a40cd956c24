"""How good is a recommender, and how sure may one be?

from lab_kit.recommend import EASE, Interactions, compare, evaluate

known = Interactions.from_frame(data.interactions, items=data.items)
task = evaluate.new_users(known)                      # or leave_one_out, by_time
found = evaluate.measure(EASE().fit(task.train), task)
found.values                                          # every measure of every user

table = compare(task)                                 # every model, and honest baselines
table.pairs("personalisation", "EASE")                # over the same users
table.slices                                          # who and what it is good for
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
