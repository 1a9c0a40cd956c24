"""Which models are compared where none are named, and which always."""

from lab_kit.recommend.model import Model


def baselines(repeats: bool) -> dict[str, Model]:
    """What costs nothing and has to be beaten: popularity, that of a week, and one's own items.

    Args:
        repeats: Whether items of the history may be found again; only then are they a baseline.
    """
    from lab_kit.recommend.models.popularity import Popularity
    from lab_kit.recommend.models.repeat_recent import RepeatRecent

    found: dict[str, Model] = {
        "popularity": Popularity(),
        "popularity, 7 days": Popularity(window_days=7),
    }
    return found | {"repeat recent": RepeatRecent()} if repeats else found


def every_model(repeats: bool, seed: int) -> dict[str, Model]:
    """Every model that ranks for a user, with its defaults.

    Args:
        repeats: Whether items of the history may be found again.
        seed: For the models that draw.
    """
    from lab_kit.recommend.models.als import ALS
    from lab_kit.recommend.models.attribute_affinity import AttributeAffinity
    from lab_kit.recommend.models.bpr import BPR
    from lab_kit.recommend.models.co_purchase import CoPurchase
    from lab_kit.recommend.models.cold_start import ColdStart
    from lab_kit.recommend.models.ease import EASE
    from lab_kit.recommend.models.item_knn import ItemKNN
    from lab_kit.recommend.models.markov import Markov
    from lab_kit.recommend.models.personalisation import Personalisation
    from lab_kit.recommend.models.rp3beta import RP3beta
    from lab_kit.recommend.models.semantic import Semantic
    from lab_kit.recommend.models.sequence import LinearSequence
    from lab_kit.recommend.models.similar_items import SimilarItems
    from lab_kit.recommend.models.trending import Trending

    models = (
        Personalisation(repeats=repeats, seed=seed),
        LinearSequence(),
        EASE(),
        ALS(seed=seed),
        BPR(seed=seed),
        RP3beta(),
        ItemKNN(),
        Markov(),
        CoPurchase(),
        SimilarItems(seed=seed),
        Semantic(seed=seed),
        AttributeAffinity(),
        ColdStart(seed=seed),
        Trending(),
    )
    return {model.name: model for model in models}
