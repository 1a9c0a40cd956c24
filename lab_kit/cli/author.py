"""`lab-kit build` and `lab-kit lint`: for those who write labs."""

import click

from lab_kit.cli.frame import Command, fail


@click.command(cls=Command)
@click.argument("labs", nargs=-1, metavar="[LAB]...")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail where a notebook is not up to date."
)
def build(labs: tuple[str, ...], check: bool) -> None:
    """Make the notebooks of the labs from labs/source, and execute their solutions.

    LAB is an id such as 01; all labs where none is named.
    """
    from lab_kit.notebooks.build import build as make

    differences = make(labs, check=check, progress=click.echo)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        fail()
    if check:
        click.echo("Every notebook is what its source says.")


@click.command(cls=Command)
def lint() -> None:
    """Check the notebooks against the rules of the kit."""
    from lab_kit.notebooks.lint import lint_labs
    from lab_kit.paths import labs_folder

    findings = lint_labs(labs_folder())
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(f"{len(findings)} found.")
        fail()
    click.echo("Every notebook keeps the rules.")
