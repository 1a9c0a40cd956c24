"""`lab-kit clean`: remove what can be made again; the learner's work only when they say so."""

import shutil
from pathlib import Path

import click

from lab_kit.cli.frame import Command, fail
from lab_kit.cli.workspace import edited
from lab_kit.errors import LabKitError
from lab_kit.paths import WORK_MARKER, repository, work_folder

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


@click.command(cls=Command)
@click.option("--work", is_flag=True, help="Also remove the work folder; asks first.")
def clean(work: bool) -> None:
    """Remove reports and caches; never your work, unless you say --work and confirm it."""
    removed = [folder for folder in made_again() if _remove(folder)]
    for folder in removed:
        click.echo(f"Removed {folder}.")
    if not removed:
        click.echo("There was nothing to clean.")
    if work:
        _remove_work(work_folder())


def build_folder() -> Path:
    """Where reports go: `build` in the clone, or in the current folder of an installed kit."""
    return (repository() or Path.cwd()) / "build"


def made_again() -> list[Path]:
    """The folders that hold nothing but what the kit and its tools can make again."""
    root = repository()
    return [build_folder(), *(root / name for name in CACHES if root is not None)]


def _remove(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    return True


def _remove_work(work: Path) -> None:
    if not work.exists():
        click.echo(f"There is no work folder at {work}.")
        return
    if not (work / WORK_MARKER).is_file() or Path.home().is_relative_to(work):
        raise LabKitError(
            "That folder was not made by `lab-kit start`, so it is not removed",
            where=str(work),
            next_step="remove it by hand if you are sure",
        )
    yours = edited(work)
    names = f", with your edits in {', '.join(yours)}" if yours else ""
    if not click.confirm(f"Remove {work}{names}? This cannot be undone"):
        click.echo(f"Kept {work}.")
        fail()
    shutil.rmtree(work)
    click.echo(f"Removed {work}.")
