"""`lab-kit progress`: what the learner has done, in the terminal or as a page to keep."""

from pathlib import Path

import click

from lab_kit.cli.frame import Command


@click.command(cls=Command)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page to keep, print or hand in.",
)
def progress(html: Path | None) -> None:
    """Show how far you are in each lab."""
    from lab_kit.teach.progress import progress as show
    from lab_kit.teach.progress import progress_page

    if html is None:
        show()
    else:
        click.echo(f"Your progress is in {progress_page(html)}.")
