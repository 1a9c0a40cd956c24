"""`lab-kit start`: the labs in a folder of the learner's own, open in JupyterLab."""

import os
import sys
from pathlib import Path

import click

from lab_kit.cli.frame import Command
from lab_kit.cli.workspace import Placed, place_labs
from lab_kit.paths import labs_folder, work_folder


@click.command(cls=Command)
@click.option("--copy-only", is_flag=True, help="Copy or refresh the labs and stop there.")
@click.option("--no-open", is_flag=True, help="Start JupyterLab without opening a browser.")
def start(copy_only: bool, no_open: bool) -> None:
    """Copy the labs to your work folder and open JupyterLab there.

    What you edited is never overwritten. When the kit has a newer version of a lab you edited, it
    is put beside yours as NN_name.new.ipynb. To begin a lab afresh, delete or rename your copy and
    start again. The folder is `work` unless LAB_KIT_WORK names another.
    """
    work = work_folder()
    placed = place_labs(sorted(labs_folder().glob("[0-9]*.ipynb")), work)
    for line in describe(placed, work):
        click.echo(line)
    if not copy_only:
        open_jupyterlab(work, browser=not no_open)


def describe(placed: list[Placed], work: Path) -> list[str]:
    """What a learner needs to know: one line for the folder, one for each lab that differs."""
    fates = [lab.fate for lab in placed]
    counts = {
        "copied": fates.count("new"),
        "refreshed": fates.count("refreshed"),
        "up to date": fates.count("same"),
        "yours": fates.count("kept") + fates.count("beside"),
    }
    summary = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    lines = [f"Labs in {work}: {summary or 'none to copy'}."]
    lines += [
        f"{lab.name} has your edits and stays; its newer version is {lab.path.name}."
        for lab in placed
        if lab.fate == "beside"
    ]
    return lines


def open_jupyterlab(work: Path, *, browser: bool) -> None:
    """Serve `work` with JupyterLab, on this machine only, until the user stops it."""
    from jupyterlab.labapp import LabApp

    os.environ["LAB_KIT_WORK"] = str(work)  # kernels inherit it, wherever a notebook is moved to
    arguments = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={work}"]
    if not browser:
        arguments.append("--no-browser")
    if sys.platform != "win32" and os.geteuid() == 0:
        # In a container root is often the only user; token and loopback address still guard it.
        arguments.append("--allow-root")
    LabApp.launch_instance(arguments)
