"""AutoML: from a table and a target to a model, and everything that was done on the way.

    from lab_kit import automl

    automl.plan(customers, "churned")            # roles, warnings, candidates, predicted seconds
    model = automl.fit(customers, "churned")     # searches, cross-validates, averages the best
    model.leaderboard
    model.predict(customers)

A name is imported when it is first used, so that a rule can be read without loading a library.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.automl.clusters import KMeans as KMeans
    from lab_kit.automl.data_reports import DataReport as DataReport
    from lab_kit.automl.data_reports import data_report as data_report
    from lab_kit.automl.explanations import Explanation as Explanation
    from lab_kit.automl.files import load as load
    from lab_kit.automl.fitted import Fitted as Fitted
    from lab_kit.automl.fitting import fit as fit
    from lab_kit.automl.forecasting.forecast import Forecast as Forecast
    from lab_kit.automl.leaderboard import Leaderboard as Leaderboard
    from lab_kit.automl.model_report import ModelReport as ModelReport
    from lab_kit.automl.one_algorithm import single as single
    from lab_kit.automl.planning import Plan as Plan
    from lab_kit.automl.planning import plan as plan

_HOMES = {
    "DataReport": "data_reports",
    "Explanation": "explanations",
    "Fitted": "fitted",
    "Forecast": "forecasting.forecast",
    "KMeans": "clusters",
    "Leaderboard": "leaderboard",
    "Plan": "planning",
    "ModelReport": "model_report",
    "data_report": "data_reports",
    "fit": "fitting",
    "load": "files",
    "plan": "planning",
    "single": "one_algorithm",
}
"""Public names and the module each lives in; no module shares its name with one of them."""

__all__ = sorted(_HOMES)
__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return list(__all__)
