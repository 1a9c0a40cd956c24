"""`lab-kit run`: every lab from end to end, and a report of how it went."""

import click

from lab_kit.cli.clean import build_folder
from lab_kit.cli.frame import Command, fail


@click.command(cls=Command)
@click.argument("labs", nargs=-1, metavar="[LAB]...")
@click.option(
    "-p",
    "parameters",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="A value for a parameter of the labs; may be given again.",
)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="NAME",
    help="A data set to run on; may be given again. Default: the lab's own, and those at hand.",
)
@click.option("--fast", is_flag=True, help="Let labs do less where they can.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    default=120,
    show_default=True,
    help="Time limit of each cell.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many labs run side by side. Default: the number of cores, at most four.",
)
def run(
    labs: tuple[str, ...],
    parameters: tuple[tuple[str, str], ...],
    datasets: tuple[str, ...],
    fast: bool,
    timeout: int,
    jobs: int | None,
) -> None:
    """Execute the solutions of the labs and report on them in build/report.

    LAB is an id such as 01; all labs where none is named. Your work folder is not touched.
    """
    from lab_kit.notebooks.run import run as execute

    page = build_folder() / "report" / "index.html"
    report = execute(
        labs,
        datasets=datasets,
        parameters=dict(parameters),
        fast=fast,
        cell_seconds=timeout,
        jobs=jobs,
        output=page.parent,
        progress=click.echo,
    )
    for skipped in report.skipped:
        click.echo(f"{skipped.id} on {skipped.dataset}: skipped, {skipped.reason}")
    passed = len(report.labs) - len(report.failed)
    click.echo(f"{passed} of {len(report.labs)} passed in {report.seconds:.0f} s. Report: {page}")
    if report.failed or not report.labs:
        fail()
