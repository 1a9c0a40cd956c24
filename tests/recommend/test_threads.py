"""How many threads linear algebra takes, inside and after."""

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from lab_kit.recommend.threads import one_thread


def numbers():
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


def test_one_thread_inside_and_as_many_as_before_after_it():
    with threadpool_limits(2, "blas"):
        assert set(numbers()) == {2}
        with one_thread():
            assert set(numbers()) == {1}
        assert set(numbers()) == {2}
        with pytest.raises(ZeroDivisionError), one_thread():
            assert 1 / 0
        assert set(numbers()) == {2}
