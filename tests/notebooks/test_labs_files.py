from lab_kit.notebooks.build import build
from lab_kit.notebooks.lint import lint_labs
from lab_kit.paths import labs_folder


def test_every_notebook_is_what_its_source_says():
    assert [str(difference) for difference in build(check=True)] == []


def test_every_notebook_keeps_the_rules():
    assert [str(finding) for finding in lint_labs(labs_folder())] == []
