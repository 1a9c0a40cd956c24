import time

import pandas as pd
import pytest

from lab_kit.data.dataset import Dataset
from lab_kit.errors import LabKitError
from lab_kit.teach import checkpoint
from lab_kit.teach.session import begin

STEP = "01-preprocess"


def dataset(name="shop", items=True):
    n_users, n_events = 30, 1200
    ids = [f"u{number % n_users}" for number in range(n_events)]
    start = pd.Timestamp("2026-01-01", tz="UTC")
    return Dataset(
        name=name,
        title="A shop",
        users=pd.DataFrame(
            {"user_id": sorted(set(ids)), "age": range(20, 20 + n_users), "gender": "f"}
        ),
        items=pd.DataFrame({"item_id": ["i0", "i1"], "price": [1.5, 2.5], "category": "tea|green"})
        if items
        else None,
        interactions=pd.DataFrame(
            {
                "user_id": ids,
                "item_id": [f"i{number % 2}" for number in range(n_events)],
                "timestamp": [start + pd.Timedelta(minutes=number) for number in range(n_events)],
                "event_type": "View",
            }
        ),
    )


def test_what_is_saved_is_loaded(work_folder, capsys):
    saved = dataset()
    folder = checkpoint.save(STEP, saved)
    assert folder.parent == work_folder / "shop" / STEP
    assert abs(int(folder.name.removeprefix("output_")) - time.time()) < 60
    assert str(folder.relative_to(work_folder.parent)) in capsys.readouterr().out
    loaded = checkpoint.load(STEP, "shop")
    assert loaded.name == "shop"
    for one, other in (
        (loaded.users, saved.users),
        (loaded.items, saved.items),
        (loaded.interactions, saved.interactions),
    ):
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    assert str(loaded.interactions["timestamp"].dt.tz) == "UTC"
    assert capsys.readouterr().out == ""


def test_a_second_save_leaves_the_first_and_is_the_one_loaded():
    first = checkpoint.save(STEP, dataset())
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    second = checkpoint.save(STEP, dataset(items=False))
    assert int(second.name.removeprefix("output_")) > int(first.name.removeprefix("output_"))
    assert {path.name: path.read_bytes() for path in first.iterdir()} == before
    assert checkpoint.load(STEP, "shop").items is None


def test_numbers_decide_which_is_newest_not_text(work_folder):
    later = checkpoint.save(STEP, dataset())
    later.rename(later.with_name("output_10000000000"))
    again = checkpoint.save(STEP, dataset(items=False))
    assert again.name == "output_10000000001"
    assert checkpoint.load(STEP, "shop").items is None


def test_an_interrupted_save_is_ignored_and_leaves_nothing(work_folder, monkeypatch):
    checkpoint.save(STEP, dataset())
    with monkeypatch.context() as disk:
        disk.setattr("pathlib.Path.rename", full_disk)
        with pytest.raises(LabKitError, match="No space left on device") as caught:
            checkpoint.save(STEP, dataset(items=False))
    assert str(work_folder / "shop" / STEP) in str(caught.value)
    assert "nothing saved earlier was touched" in str(caught.value)
    assert len(list((work_folder / "shop" / STEP).iterdir())) == 1
    (work_folder / "shop" / STEP / "unfinished_1_2").mkdir()
    (work_folder / "shop" / STEP / "output_last").mkdir()
    assert checkpoint.load(STEP, "shop").items is not None


def full_disk(*_):
    raise OSError(28, "No space left on device")


def test_ctrl_c_while_saving_leaves_nothing(work_folder, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as keyboard:
        keyboard.setattr("pathlib.Path.rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            checkpoint.save(STEP, dataset())
    assert list((work_folder / "shop" / STEP).iterdir()) == []


def test_what_is_missing_is_built_once_and_said(monkeypatch, capsys):
    built = []

    def build(name):
        built.append(name)
        return dataset(name)

    monkeypatch.setattr(checkpoint, "BUILDERS", {STEP: build})
    assert checkpoint.load(STEP, "movielens-small").name == "movielens-small"
    assert "no saved result of 01-preprocess for movielens-small yet" in capsys.readouterr().out
    checkpoint.load(STEP, "movielens-small")
    assert capsys.readouterr().out == ""
    assert built == ["movielens-small"]


def test_the_lab_that_was_begun_names_the_data_set():
    checkpoint.save(STEP, dataset("movielens-small"))
    begin("01", dataset="movielens-small")
    assert checkpoint.load(STEP).name == "movielens-small"


def test_a_step_nobody_can_build_names_what_to_do(work_folder):
    with pytest.raises(LabKitError, match="no saved result of 99-nothing") as caught:
        checkpoint.load("99-nothing", "shop")
    assert str(work_folder / "shop" / "99-nothing") in str(caught.value)
    assert "run the lab that writes it" in str(caught.value)
