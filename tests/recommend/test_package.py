"""The names of the room, and what they cost."""

import subprocess
import sys

import pytest

from lab_kit import recommend


def test_importing_the_room_imports_no_model_and_no_numpy():
    code = (
        "import sys, lab_kit.recommend as r; print('numpy' in sys.modules);"
        "r.Interactions; r.compare; print(any(n in sys.modules for n in ('implicit', 'sklearn')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_every_name_can_be_imported():
    assert all(getattr(recommend, name).__doc__ for name in recommend.__all__)
    assert set(dir(recommend)) == set(recommend.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        recommend.nothing  # noqa: B018


def test_what_is_compared_by_default_can_be_imported_by_name():
    from lab_kit.recommend.evaluate.lineup import baselines, every_model

    models = every_model(repeats=True, seed=0) | baselines(repeats=True)
    assert {type(model).__name__ for model in models.values()} <= set(recommend.__all__)
