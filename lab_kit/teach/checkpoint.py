"""What one lab leaves for the next: users, items and interactions, as Personalize takes them.

`checkpoint.save` writes `work/<data set>/<step>/output_<unix time>/`; `checkpoint.load` reads the
newest. Nothing that was saved is ever overwritten.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from lab_kit.data import load as load_dataset
from lab_kit.data.dataset import Dataset
from lab_kit.errors import LabKitError
from lab_kit.paths import work_folder
from lab_kit.prepare import schema
from lab_kit.prepare.pipeline import complete, enrich, preprocess
from lab_kit.teach.messages import words
from lab_kit.teach.say import Card, say
from lab_kit.teach.session import current

BUILDERS: Mapping[str, Callable[[str], Dataset]] = {
    "01-preprocess": lambda name: preprocess(load_dataset(name)).dataset,
    "02-combine": lambda name: enrich(load_dataset(name), load("01-preprocess", name)),
    "03-missing": lambda name: complete(load("02-combine", name)),
}
"""For each step, a function that makes its result from the name of a data set."""

_OUTPUT = re.compile(r"output_(\d+)")


def save(step: str, dataset: Dataset) -> Path:
    """Write a data set for the labs that follow.

    Args:
        step: What was done, such as "01-preprocess".
        dataset: Its users, items and interactions are written, those it has, as CSV and schema.

    Returns:
        The new folder.

    Raises:
        LabKitError: Where the data do not hold what the schemas ask for, or cannot be written.
    """
    folder = _write(step, dataset)
    shown = folder.relative_to(work_folder().parent)  # from the work folder on: work/shop/...
    say(Card("done", words("checkpoint.word"), lines=(words("checkpoint.saved", path=shown),)))
    return folder


def load(step: str, dataset_name: str | None = None) -> Dataset:
    """The newest result of a step; where there is none, the kit builds it and says so.

    Args:
        step: Such as "01-preprocess".
        dataset_name: The data set; that of the lab this notebook has begun, by default.

    Raises:
        LabKitError: Where nothing was saved and the kit has no builder for the step, or what was
            saved cannot be read.
    """
    lab = current()
    name = dataset_name or (lab.dataset if lab else "shop")
    folder = _newest(_home(step, name))
    if folder is None:
        folder = _build(step, name)
    return schema.read(folder, name)


def _build(step: str, name: str) -> Path:
    if step not in BUILDERS:
        raise LabKitError(
            words("checkpoint.missing", step=step, dataset=name),
            where=str(_home(step, name)),
            next_step=words("checkpoint.missing_next"),
        )
    line = words("checkpoint.building", step=step, dataset=name)
    say(Card("info", words("checkpoint.word"), lines=(line,)))
    return _write(step, BUILDERS[step](name))


def _home(step: str, name: str) -> Path:
    return work_folder() / name / step


def _newest(home: Path) -> Path | None:
    """The output with the latest time; one that was interrupted still has its draft's name."""
    outputs = [path for path in home.glob("output_*") if _OUTPUT.fullmatch(path.name)]
    return max(outputs, key=_time_of, default=None)


def _time_of(output: Path) -> int:
    return int(output.name.removeprefix("output_"))


def _write(step: str, dataset: Dataset) -> Path:
    home = _home(step, dataset.name)
    draft = home / f"unfinished_{os.getpid()}_{time.time_ns()}"
    try:
        draft.mkdir(parents=True)
        schema.write(dataset, draft)
        return _put_in_place(draft, home)
    except OSError as error:
        raise LabKitError(
            words("checkpoint.save_failed", step=step, reason=error.strerror or error),
            where=str(home),
            next_step=words("checkpoint.save_next"),
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put_in_place(draft: Path, home: Path) -> Path:
    """Rename the finished draft in one step, to the first free second from now or the newest on."""
    newest = _newest(home)
    second = max(int(time.time()), _time_of(newest) + 1 if newest else 0)
    while True:
        output = home / f"output_{second}"
        try:
            return draft.rename(output)
        except OSError:
            if not output.exists():
                raise
            second += 1  # another kernel took it meanwhile
