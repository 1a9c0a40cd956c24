"""The search for hyperparameters: what it tries, what it keeps, and what it shows of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.personalize.catalogue import recipe
from lab_kit.personalize.training import tuning
from lab_kit.personalize.training.recipes import values_of
from lab_kit.personalize.training.tuning import METRIC, MOST_TRIALS, tuned
from tests.personalize.families.test_configs import integers, reals, search, words
from tests.personalize.training.conftest import PREFIX

USER, SIMS = recipe(f"{PREFIX}aws-user-personalization"), recipe(f"{PREFIX}aws-sims")


class Trials:
    """A search whose trials are as good as a function says, and which are remembered."""

    def __init__(self, worth):
        self.tried, self._worth = [], worth

    def __call__(self, values):
        self.tried.append(dict(values))
        return self._worth(values)


def searched(used, worth, config=None, set_=None, seed=0):
    """The values tried, the values kept, and what is told of them."""
    trials = Trials(worth)
    set_ = set_ or {}
    best, told = tuned(
        used, values_of(used, set_), config or {}, trials, fixed=set_.keys(), seed=seed
    )
    return trials.tried, best, told


def discount(values):
    return {METRIC: -abs(values["popularity_discount_factor"] - 0.8)}


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_the_trials_is_kept(seed):
    tried, best, told = searched(SIMS, discount, seed=seed)
    assert best == max(tried, key=lambda values: discount(values)[METRIC])
    assert told == {
        "popularity_discount_factor": str(best["popularity_discount_factor"]),
        "min_cointeraction_count": str(best["min_cointeraction_count"]),
    }
    assert len({str(each) for each in tried}) == MOST_TRIALS  # no choice is tried twice here


def test_the_first_trial_is_with_the_defaults_and_wins_where_nothing_is_better():
    tried, best, _ = searched(SIMS, lambda _: {METRIC: 0.5})
    assert best == tried[0] == values_of(SIMS, {})


@pytest.mark.parametrize(("jobs", "trials"), [("1", 1), ("4", 4), ("40", MOST_TRIALS)])
def test_no_more_trainings_than_are_allowed(jobs, trials):
    config = search(maxNumberOfTrainingJobs=jobs, maxParallelTrainingJobs="2")
    assert len(searched(SIMS, discount, config)[0]) == trials


def test_an_objective_names_the_metric_and_whether_more_is_better():
    def worth(values):
        count = values["min_cointeraction_count"]
        return {METRIC: 0.0, "coverage": count}

    for aim, best_of in (("Maximize", max), ("minimize", min)):
        config = {"hpoObjective": {"type": aim, "metricName": "coverage"}}
        tried, best, _ = searched(SIMS, worth, config)
        counts = [each["min_cointeraction_count"] for each in tried]
        assert best["min_cointeraction_count"] == best_of(counts)
        assert len(set(counts)) > 1


@settings(max_examples=60, deadline=None)
@given(
    low=st.integers(2, 32),
    more=st.integers(0, 30),
    masks=st.lists(st.sampled_from(["true", "false"]), min_size=1, max_size=2, unique=True),
    set_=st.none() | st.integers(2, 32),
    seed=st.integers(0, 99),
)
def test_every_trial_keeps_to_the_ranges(low, more, masks, set_, seed):
    """The defaults lie outside of many of these ranges, and are then not tried either."""
    high = min(low + more, 32)
    config = search({**integers("bptt", low, high), **words("recency_mask", *masks)})
    given = {} if set_ is None else {"bptt": str(set_)}
    tried, best, told = searched(USER, lambda values: {METRIC: values["bptt"]}, config, given, seed)
    for values in tried:
        assert low <= values["bptt"] <= high
        assert isinstance(values["bptt"], int)
        assert str(values["recency_mask"]).lower() in masks
        assert 32 <= values["hidden_dimension"] <= 256
    assert told["bptt"] == str(best["bptt"])
    assert told["recency_mask"] in masks


def test_what_is_set_stays_unless_it_has_a_range():
    """As in the guide's example: hidden_dimension is 55, bptt and recency_mask are looked for."""
    config = search({**integers("bptt", 2, 22), **words("recency_mask", "true", "false")})
    tried, best, told = searched(
        USER, lambda values: {METRIC: values["bptt"]}, config, {"hidden_dimension": "55"}
    )
    assert {each["hidden_dimension"] for each in tried} == {55}
    assert len({each["bptt"] for each in tried}) > 2
    assert told.keys() == {"bptt", "recency_mask"}
    assert best["hidden_dimension"] == 55


def test_a_continuous_range_whose_ends_are_whole_has_values_between():
    tried, *_ = searched(SIMS, discount, search(reals("popularity_discount_factor", 0, 1)))
    assert any(0 < each["popularity_discount_factor"] < 1 for each in tried[1:])


def test_where_nothing_can_be_tuned_nothing_is_tried():
    used = recipe(f"{PREFIX}aws-user-personalization-v2")
    tried, best, told = searched(used, lambda _: {})
    assert (tried, told) == ([], {})
    assert best == values_of(used, {})


def test_a_training_keeps_the_best_of_its_trials(fit, monkeypatch):
    """The trials are trained again one by one, and measured on the users the search looks at."""
    seen = []

    def noting(used, values, config, quality, **more):
        def noted(tried):
            found = quality(tried)
            seen.append((dict(tried), found[METRIC]))
            return found

        return tuned(used, values, config, noted, **more)

    monkeypatch.setattr("lab_kit.personalize.training.fitting.tuned", noting)
    said, trained = fit("aws-sims", performHPO=True)
    best = max(seen, key=lambda each: each[1])[0]
    assert len({figure for _, figure in seen}) > 1
    assert trained.hyperparameters == best
    assert said["tuned"] == {name: str(best[name]) for name in said["tuned"]}
    by_hand = {name: str(value) for name, value in best.items()}
    again, _ = fit("aws-sims", solutionConfig={"algorithmHyperParameters": by_hand})
    assert again["metrics"] == said["metrics"]


def test_trials_are_not_measured_on_those_the_result_is_measured_on(fit, monkeypatch):
    from lab_kit.personalize.training import fitting, metrics

    asked = []

    def noting(interactions, seed):
        held_out = original(interactions, seed)
        asked.append((seed, set(held_out.users)))
        return held_out

    original = metrics.hold_out
    monkeypatch.setattr(metrics, "hold_out", noting)
    monkeypatch.setattr(tuning, "MOST_TRIALS", 2)
    _, trained = fit("aws-similar-items", performHPO=True)
    result = set(trained.held_out.index)
    searched_on = [users for seed, users in asked if seed == fitting.TUNING_SEED]
    assert searched_on
    assert all(users and not users & result for users in searched_on)
