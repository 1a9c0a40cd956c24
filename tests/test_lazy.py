"""Packages whose names are imported when somebody asks for them."""

import subprocess
import sys

import pytest

from lab_kit.lazy import lazily

PACKAGES = ("automl", "embed", "plots", "recommend")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_a_package_offers_is_there_at_the_first_asking(package):
    code = (
        f"import lab_kit.{package} as p\n"
        "print(all(getattr(p, name) is not None for name in p.__all__))\n"
        "print(set(dir(p)) == set(p.__all__))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_names_modules_and_what_there_is_not():
    find = lazily("lab_kit", {"LabKitError": "errors"}, ["errors"])
    assert find("LabKitError") is find("errors").LabKitError
    with pytest.raises(AttributeError, match="module 'lab_kit' has no attribute 'nothing'"):
        find("nothing")
