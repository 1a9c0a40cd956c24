"""`lab-kit doctor`: one line a check, with the fix beside whatever fails."""

import sys

import click

from lab_kit import __version__
from lab_kit.cli.frame import Command, fail
from lab_kit.paths import work_folder


@click.command(cls=Command)
def doctor() -> None:
    """Check Python, packages, memory, disk, kernel, fonts and data of this machine."""
    from lab_kit.doctor import examine

    click.echo(f"lab-kit {__version__} with {sys.executable}, work folder {work_folder()}")
    examination = examine(progress=lambda finding: click.echo(str(finding)))
    if not examination.ready:
        click.echo(f"{len(examination.failed)} of {len(examination.findings)} checks failed.")
        fail()
    click.echo("This machine is ready.")
