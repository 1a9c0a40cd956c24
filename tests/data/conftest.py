import pytest


@pytest.fixture
def real_folder(tmp_path, monkeypatch):
    """An empty LAB_KIT_REAL_DATA, with a home folder and no mirror beside it."""
    for variable, name in (("LAB_KIT_REAL_DATA", "real"), ("LAB_KIT_HOME", "home")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.delenv("LAB_KIT_DATA_MIRROR", raising=False)
    return tmp_path / "real"
