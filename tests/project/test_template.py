import re
import shutil

import pytest

from lab_kit.notebooks.build import build
from lab_kit.notebooks.lint import lint_labs
from tests.project.conftest import ROOT, page


@pytest.mark.notebooks
def test_template_of_a_lab_builds_and_keeps_every_rule(tmp_path):
    (described,) = re.findall(r"```toml\n(.+?)```", page("CONTRIBUTING.md"), re.DOTALL)
    (tmp_path / "labs.toml").write_text(described, encoding="utf-8")
    (tmp_path / "source").mkdir()
    shutil.copy(ROOT / "labs" / "template.py", tmp_path / "source" / "99_template.py")
    assert build(folder=tmp_path) == []
    assert lint_labs(tmp_path) == []
    assert build(folder=tmp_path, check=True) == []
    learners = (tmp_path / "99_template.ipynb").read_text(encoding="utf-8")
    assert "events_per_person = ...\\n" in learners
