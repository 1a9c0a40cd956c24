"""`lab-kit data`: see, get, check and make anew the data sets."""

from collections.abc import Callable

import click

from lab_kit.cli.frame import Command, Group, fail


@click.group(cls=Group)
def data() -> None:
    """See which data sets there are, get public ones, check the bundled ones."""


@data.command("list", cls=Command)
def show_all() -> None:
    """Show every data set, its licence, and whether it is on this computer."""
    from lab_kit.data import describe, names

    for name in names():
        about = describe(name)
        size = f"{about.megabytes:.1f} MB" if about.megabytes < 10 else f"{about.megabytes:.0f} MB"
        place = f"in {about.folder}" if about.folder else f"get it with `lab-kit data get {name}`"
        click.echo(f"{name}: {about.title}")
        click.echo(f"    {size}, {place}")
        click.echo(f"    licence: {about.licence}; {about.origin}")


@data.command(cls=Command)
@click.argument("name")
@click.option("--accept-terms", is_flag=True, help="You have read and accept the terms.")
@click.option(
    "--mirror", metavar="URL", help="A mirror; else LAB_KIT_DATA_MIRROR, else the publisher."
)
def get(name: str, accept_terms: bool, mirror: str | None) -> None:
    """Download the public data set NAME; shows its terms and asks first."""
    from lab_kit.data import get as download

    accept: bool | Callable[[str], bool] = True if accept_terms else _asked
    folder = download(name, accept=accept, mirror=mirror)
    click.echo(f"{name} is in {folder}.")


def _asked(terms: str) -> bool:
    click.echo(terms)
    return click.confirm("Do you accept these terms?")


@data.command(cls=Command)
def verify() -> None:
    """Compare the bundled files with their manifest."""
    from lab_kit.data import verify as compare

    problems = compare()
    for problem in problems:
        click.echo(problem.message)
    if problems:
        fail()
    click.echo("Every bundled file is as it was shipped.")


@data.command(cls=Command)
def regenerate() -> None:
    """Make the shop's files anew from their seed and write the manifest."""
    from lab_kit.data import regenerate as make_anew

    make_anew()
    click.echo("The shop's files and data/MANIFEST.toml are written.")
