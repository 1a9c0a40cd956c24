import shutil
from contextlib import contextmanager

import pytest

from tests.personalize.runtime import domains
from tests.personalize.runtime.shop import Shop, build


@contextmanager
def copy_of(built, place):
    """A copy of what was built, open, and its ARNs."""
    folder, arns = built
    shutil.copytree(folder, place / "cloud")
    opened = Shop(place / "cloud")
    yield opened, arns
    opened.close()


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory):
    """A folder with the shop, trained and deployed, and its ARNs. Do not change it."""
    folder = tmp_path_factory.mktemp("shop") / "cloud"
    return folder, build(folder)


@pytest.fixture(scope="session")
def built_domains(tmp_path_factory):
    """A folder with both domains and ten recommenders, and the ARNs. Do not change it."""
    folder = tmp_path_factory.mktemp("domains") / "cloud"
    return folder, domains.build(folder)


@pytest.fixture(scope="module")
def shop(built_shop, tmp_path_factory):
    """A copy of the shop for the tests of a module that only ask."""
    with copy_of(built_shop, tmp_path_factory.mktemp("asked")) as copy:
        yield copy


@pytest.fixture
def changing(built_shop, tmp_path):
    """A copy of the shop for one test that changes it."""
    with copy_of(built_shop, tmp_path) as copy:
        yield copy


@pytest.fixture(scope="module")
def asked(built_domains, tmp_path_factory):
    """A copy of the domains for the tests of a module that only ask."""
    with copy_of(built_domains, tmp_path_factory.mktemp("asked domains")) as copy:
        yield copy


@pytest.fixture
def changed(built_domains, tmp_path):
    """A copy of the domains for one test that changes it."""
    with copy_of(built_domains, tmp_path) as copy:
        yield copy
