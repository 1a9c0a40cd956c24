"""Many models over the same users: nothing lost, nothing favoured."""

from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest

from lab_kit.errors import LabKitError
from lab_kit.recommend import compare, evaluate, models
from lab_kit.recommend.evaluate.cost import Peak
from lab_kit.recommend.evaluate.lineup import baselines, every_model
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, silent
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.models.popularity import Popularity
from tests.recommend.evaluate.models import Broken, Constant, Greedy, Mute, Oracle
from tests.recommend.shops import random_events


@pytest.fixture(scope="module")
def view():
    return Interactions.from_frame(random_events(3, users=60, items=40, events=2_000))


@pytest.fixture(scope="module")
def task(view):
    return evaluate.new_users(view, folds=3)


@pytest.fixture(scope="module")
def found(task):
    models = {
        "half of it": Oracle.of(task, share=0.5),
        "constant": Constant(),
        "EASE": EASE(regularisation=5.0),
        "broken": Broken(),
        "mute": Mute(),
        "too large": EASE(memory=100),
    }
    return compare(task, models, progress=silent)


def test_a_model_that_refuses_or_fails_has_a_row_with_the_reason(found):
    failed = found.frame.set_index("model")["reason"]
    assert failed["broken"] == "ZeroDivisionError: weights add up to nothing"
    assert failed["mute"].startswith("mute computed scores that are no numbers")
    assert failed["too large"].startswith("EASE with 40 items needs")
    assert "use ALS" in failed["too large"]
    assert len(failed) == 6 + 2
    assert (failed[:5] == "").all()
    assert f"broken has no figures: {failed['broken']}" in repr(found)
    with pytest.raises(LabKitError, match=r"no figures of 'broken' \(ZeroDivisionError"):
        found.pairs("broken", "EASE")


def test_the_best_comes_first_and_the_honest_baselines_are_there(found):
    assert found.frame["model"][0] == "half of it"
    assert found.frame["NDCG@10"][:5].is_monotonic_decreasing
    assert {"popularity", "popularity, 7 days"} <= set(found.evaluations)


def test_figures_are_those_of_the_model_measured_alone(found, task):
    alone = evaluate.measure(EASE(regularisation=5.0).fit(task.train), task)
    row = found.frame.set_index("model").loc["EASE"]
    for metric in ("NDCG@10", "recall@25", "coverage@25", "diversity@25"):
        assert row[metric] == pytest.approx(alone[metric], abs=1e-12)
    some = found.intervals.query("model == 'EASE' and metric == 'MRR@5'")
    assert some[["value", "low", "high"]].to_numpy().tolist() == (
        alone.frame.query("metric == 'MRR@5'")[["value", "low", "high"]].to_numpy().tolist()
    )


def test_the_models_given_are_left_as_they_were(task):
    mine, fitted = EASE(), Popularity().fit(task.train)
    before = fitted.learned["popularity"].copy()
    compare(task, {"mine": mine, "fitted": fitted}, progress=silent)
    assert not hasattr(mine, "learned")
    np.testing.assert_array_equal(fitted.learned["popularity"], before)


def test_all_users_of_all_folds_are_put_together(view):
    folds = [evaluate.new_users(view, folds=3, fold=n) for n in range(3)]
    whole = compare(folds, {}, progress=silent)
    single = [compare(fold, {}, progress=silent)["popularity"].values for fold in folds]
    assert len(whole["popularity"]) == sum(map(len, single))
    assert whole["popularity"]["NDCG@10"] == pytest.approx(
        np.concatenate([values["NDCG@10"] for values in single]).mean()
    )
    assert not said(whole, "users asked more than once").found
    twice = compare([folds[0], folds[0]], {}, progress=silent)
    assert said(twice, "users asked more than once").found == len(folds[0])


def said(comparison, name):
    return next(finding for finding in comparison.findings if finding.name == name)


def test_interactions_alone_are_asked_about_a_tenth_of_their_users(view):
    found = compare(view, {}, seed=4, progress=silent)
    assert found.how == evaluate.new_users(view, seed=4).how
    assert len(found["popularity"]) == len(evaluate.new_users(view, seed=4))


def test_with_repeats_ones_own_items_are_a_baseline(view):
    found = compare(evaluate.by_time(view, share=0.8, repeats=True), {}, progress=silent)
    assert "repeat recent" in found.evaluations
    assert set(baselines(repeats=False)) == {"popularity", "popularity, 7 days"}


def test_a_named_model_takes_the_place_of_a_baseline(task):
    found = compare(task, {"popularity": Constant()}, progress=silent)
    assert found["popularity"].tied[10] == 1


def test_every_model_there_is_is_compared():
    """Who adds a model that ranks for a user adds it to the line-up."""
    files = [
        import_module(f"{models.__name__}.{file.name}") for file in iter_modules(models.__path__)
    ]
    there = {
        kind
        for file in files
        for kind in vars(file).values()
        if isinstance(kind, type) and issubclass(kind, Model) and "name" in vars(kind)
    }
    line_up = every_model(repeats=False, seed=0) | baselines(repeats=True)
    assert {type(model) for model in line_up.values()} == there


def test_findings_speak_of_ties_and_of_too_few_users(found):
    ties = said(found, "lists that end in a tie")
    assert "100.0% of the lists of constant" in ties.words
    assert not said(found, "too few users to name the best").found
    assert not [finding for finding in found.findings if finding.leak and finding.found]


def test_two_equal_models_cannot_be_told_apart(task):
    found = compare(task, {"A": Oracle.of(task), "B": Oracle()}, progress=silent)
    doubt = said(found, "too few users to name the best")
    assert doubt.found == len(task)
    assert "They cannot be told apart" in doubt.words
    assert "too few users to name the best: NDCG@10 of A" in repr(found)


def test_a_leak_is_said_before_anything_else(view, task):
    wrong = evaluate.HeldOut(view, task.histories, task.future)
    found = compare(wrong, {}, progress=silent)
    assert "\nLEAK, same event in both parts: " in repr(found)
    assert "LEAK" in found._repr_html_()


def test_pairs_and_slices_stand_on_the_same_users(found, task):
    pair = found.pairs("half of it", "EASE")
    row = pair["NDCG@10"]
    assert row.difference == pytest.approx(row.one - row.other)
    assert row.low < row.difference < row.high
    assert (row.ahead, row.users) == (1, len(task))
    assert row.ratio == pytest.approx(row.one / row.other)
    assert row.ratio_low < row.ratio < row.ratio_high
    per_model = found.slices.groupby("model", sort=False)
    for _, table in per_model:
        assert table["users"][:3].sum() == len(task)
    assert set(per_model.groups) == set(found.evaluations)


def test_progress_goes_from_nothing_to_all(task):
    told = []
    compare(
        task,
        {"EASE": EASE(), "broken": Broken()},
        progress=lambda done, what: told.append((done, what)),
    )
    done = [part for part, _ in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 1)
    assert "broken: fitting" in [what for _, what in told]


def test_parts_that_ask_different_questions_are_refused(view, task):
    with pytest.raises(
        LabKitError, match=r"ask different questions.*\(2 parts\).*Next: give parts"
    ):
        compare([task, evaluate.by_time(view, share=0.8, repeats=True)], {}, progress=silent)
    with pytest.raises(LabKitError, match=r"or there are none \(0 parts\)"):
        compare([], {}, progress=silent)


def test_a_pair_can_speak_of_any_measure_of_each_user(found):
    assert "recall@25 of EASE" in repr(found.pairs("EASE", "popularity", "recall@25"))
    with pytest.raises(LabKitError, match="no measure 'coverage@25' of each user"):
        found.pairs("EASE", "popularity", "coverage@25")


def test_a_bar_is_shown_where_nobody_watches_the_progress(task, capsys):
    compare(task, {"EASE": EASE()})
    shown = capsys.readouterr()
    assert "EASE" in shown.err
    assert "100%" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("metric", ["NDCG", "NDCG@7", "luck@10", "coverage@25"])
def test_an_unknown_measure_is_refused(task, metric):
    with pytest.raises(
        LabKitError, match=f"There is no measure '{metric}'.*Next: write one of NDCG"
    ):
        compare(task, {}, metric=metric, progress=silent)


def test_another_measure_and_other_depths_rank_as_well(task):
    found = compare(task, {"EASE": EASE()}, metric="recall@3", depths=(3,), progress=silent)
    assert "recall@3" in repr(found)
    assert set(found["EASE"].tied) == {3}


def test_memory_that_was_taken_while_fitting_is_seen(task):
    found = compare(task, {"greedy": Greedy(mib=200)}, progress=silent)
    assert 180 < found.costs["greedy"].peak_mib < 260
    with Peak() as nothing:
        pass
    assert nothing.bytes < 5 * 2**20
