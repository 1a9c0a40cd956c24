"""The command line `lab-kit`: thin commands over the rooms below.

Heavy imports stay inside the commands, so that `lab-kit --help` answers at once.
"""

import click

from lab_kit import __version__
from lab_kit.cli import author, clean, cloud, data, doctor, progress, run, start
from lab_kit.cli.frame import Group, run_command_line


@click.group(
    cls=Group,
    commands=[
        start.start,
        run.run,
        doctor.doctor,
        data.data,
        cloud.cloud,
        progress.progress,
        author.build,
        author.lint,
        clean.clean,
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def cli() -> None:
    """A hands-on AI/ML workshop in Jupyter.

    Begin with `lab-kit doctor` (does this machine work?), then `lab-kit start` (open the labs).
    """


def main() -> None:
    """Run `lab-kit` with the arguments of the process and leave with an honest exit code."""
    run_command_line(cli)
