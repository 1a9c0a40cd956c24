from pathlib import Path

import pytest

from lab_kit.aws.ground import Ground

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ground(tmp_path):
    """The ground of a local cloud in a folder of its own."""
    made = Ground.under(tmp_path / "cloud")
    yield made
    made.database.close()


@pytest.fixture
def findable(monkeypatch):
    """Let child processes find the tests' own jobs."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
