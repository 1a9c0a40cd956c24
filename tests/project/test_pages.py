import re

import click
import pytest

from lab_kit.cli import cli
from lab_kit.teach.labs import labs
from tests.project.conftest import ROOT, page

PAGES = ("README.md", "CONTRIBUTING.md", "TROUBLESHOOTING.md")


def test_readme_lists_the_labs_as_labs_toml_does():
    rows = re.findall(r"^\| (\d\d) \| (.+) \| (.+) \| (\d+) \|$", page("README.md"), re.MULTILINE)
    assert rows == [(lab.id, lab.title, lab.question, str(lab.minutes)) for lab in labs()]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_a_page_names_exists_with_its_options(name):
    text = re.sub(r"\s+", " ", page(name))
    for words in re.findall(r"lab-kit ((?:[a-z]|--)[^`|]*)[`|]", text):
        command: click.Command = cli
        for word in words.split():
            if isinstance(command, click.Group) and word in command.commands:
                command = command.commands[word]
            elif word.startswith("-"):
                known = {option for parameter in command.params for option in parameter.opts}
                assert word in known | {"--help"}, f"lab-kit {words}: no {word}"
        assert command is not cli or words.startswith("--"), f"there is no lab-kit {words}"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_into_the_repository_leads_somewhere(name):
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page(name))
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_make_target_a_page_names_exists():
    targets = set(re.findall(r"(?m)^([a-z]+):", page("Makefile")))
    named = {word for name in PAGES for word in re.findall(r"(?m)(?:^|`)make ([a-z]+)", page(name))}
    assert {"labs", "test", "start"} <= named <= targets
