"""Recommenders: fast to fit, instant to answer, honest to measure, able to say why.

    from lab_kit.recommend import Interactions, Personalisation, compare, evaluate

    known = Interactions.from_frame(data.interactions, items=data.items)
    model = Personalisation().fit(known)
    model.recommend("U00001", 10)
    compare(known)  # every model over users none was fitted on

A name is imported when it is first used, so that a lab pays for the models it fits and no other.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.recommend import evaluate as evaluate
    from lab_kit.recommend.actions.next_best_action import NextBestAction as NextBestAction
    from lab_kit.recommend.evaluate import Comparison as Comparison
    from lab_kit.recommend.evaluate import compare as compare
    from lab_kit.recommend.histories import Histories as Histories
    from lab_kit.recommend.histories import History as History
    from lab_kit.recommend.interactions import Interactions as Interactions
    from lab_kit.recommend.model import Model as Model
    from lab_kit.recommend.models.als import ALS as ALS
    from lab_kit.recommend.models.attribute_affinity import AttributeAffinity as AttributeAffinity
    from lab_kit.recommend.models.bpr import BPR as BPR
    from lab_kit.recommend.models.co_purchase import CoPurchase as CoPurchase
    from lab_kit.recommend.models.cold_start import ColdStart as ColdStart
    from lab_kit.recommend.models.ease import EASE as EASE
    from lab_kit.recommend.models.item_knn import ItemKNN as ItemKNN
    from lab_kit.recommend.models.markov import Markov as Markov
    from lab_kit.recommend.models.personalisation import Personalisation as Personalisation
    from lab_kit.recommend.models.popularity import Popularity as Popularity
    from lab_kit.recommend.models.repeat_recent import RepeatRecent as RepeatRecent
    from lab_kit.recommend.models.rp3beta import RP3beta as RP3beta
    from lab_kit.recommend.models.semantic import Semantic as Semantic
    from lab_kit.recommend.models.sequence import LinearSequence as LinearSequence
    from lab_kit.recommend.models.similar_items import SimilarItems as SimilarItems
    from lab_kit.recommend.models.trending import Trending as Trending
    from lab_kit.recommend.segments import UserSegments as UserSegments

_HOMES = {
    "ALS": "models.als",
    "AttributeAffinity": "models.attribute_affinity",
    "BPR": "models.bpr",
    "CoPurchase": "models.co_purchase",
    "ColdStart": "models.cold_start",
    "Comparison": "evaluate",
    "EASE": "models.ease",
    "Histories": "histories",
    "History": "histories",
    "Interactions": "interactions",
    "ItemKNN": "models.item_knn",
    "LinearSequence": "models.sequence",
    "Markov": "models.markov",
    "Model": "model",
    "NextBestAction": "actions.next_best_action",
    "Personalisation": "models.personalisation",
    "Popularity": "models.popularity",
    "RP3beta": "models.rp3beta",
    "RepeatRecent": "models.repeat_recent",
    "Semantic": "models.semantic",
    "SimilarItems": "models.similar_items",
    "Trending": "models.trending",
    "UserSegments": "segments",
    "compare": "evaluate",
}
"""Public names and the module each lives in; no module shares its name with one of them."""

__all__ = sorted([*_HOMES, "evaluate"])
__getattr__ = lazily(__name__, _HOMES, ["evaluate"])


def __dir__() -> list[str]:
    return list(__all__)
