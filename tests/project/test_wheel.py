import subprocess
import sys
import zipfile

import pytest

from lab_kit.teach.labs import labs
from tests.cli.conftest import environment
from tests.project.conftest import ROOT


@pytest.mark.notebooks
def test_wheel_carries_labs_data_and_settings_and_finds_them(uv, tmp_path):
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    room = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(room)
    for place in ("share/jupyter/lab/settings/overrides.d", "etc/jupyter/jupyter_server_config.d"):
        assert any(name.endswith(f"{place}/lab_kit.json") for name in names)
    script = (
        "from lab_kit import paths; from lab_kit.data import load, verify;"
        "from lab_kit.teach.labs import labs;"
        "print(paths.labs_folder(), paths.repository(), verify(), len(labs()),"
        " len(list(paths.labs_folder().glob('[0-9]*.ipynb'))),"
        " len(load('shop').users) > 0, sep='\\n');"
        "import lab_kit.aws.prices, lab_kit.aws.ground, lab_kit.personalize.catalogue as catalogue;"
        "from pathlib import Path; lab_kit.aws.prices.prices(Path('.'));"
        "lab_kit.aws.ground.Ground.under(Path('cloud')); catalogue.recipes()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(room)),
        capture_output=True,
        text=True,
        check=True,
    )
    shipped = room / "lab_kit" / "_shipped" / "labs"
    many = str(len(labs()))
    assert ended.stdout.split("\n")[:-1] == [str(shipped), "None", "[]", many, many, "True"]
