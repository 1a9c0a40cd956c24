"""`lab-kit cloud`: the local cloud from a shell."""

import shlex
import sys
from collections.abc import Mapping

import click

from lab_kit.cli.frame import Group


@click.group(cls=Group)
def cloud() -> None:
    """The local cloud: AWS's own tools against a server on this machine."""


@cloud.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="The port to listen on. Default: the last one, or one that is free.",
)
def start(port: int | None) -> None:
    """Start the local cloud where it does not run.

    To work with it in this shell: eval "$(lab-kit cloud env)".
    """
    from lab_kit.cloud import launch
    from lab_kit.cloud.home import Home

    endpoint = launch.ensure(Home(), port)
    click.echo(f'Local cloud at {endpoint.url}. Next: eval "$(lab-kit cloud env)"')


@cloud.command()
def stop() -> None:
    """Stop the local cloud. What it holds stays in the home folder."""
    from lab_kit.cloud import launch
    from lab_kit.cloud.home import Home

    stopped = launch.stop(Home())
    click.echo("Stopped." if stopped else "The local cloud was not running.")


@cloud.command()
def status() -> None:
    """Say what runs, what there is, and what it would cost on AWS."""
    from lab_kit.aws.prices import prices
    from lab_kit.cloud import launch, view
    from lab_kit.cloud.home import Home
    from lab_kit.paths import home_folder

    home = Home()
    notice = home.notice()
    if notice is None or not launch.is_served(home):
        click.echo(f"Not running. Home folder: {home.folder}.")
        return
    if notice.asleep:
        click.echo(f"Asleep at http://127.0.0.1:{notice.port}; the next call wakes it.")
        return
    endpoint = launch.ensure(home)
    click.echo(view.as_text(endpoint.url, endpoint.ask("GET", "status"), prices(home_folder())))


@cloud.command()
@click.option(
    "--shell",
    type=click.Choice(["sh", "fish", "powershell"]),
    default="powershell" if sys.platform == "win32" else "sh",
    show_default=True,
    help="Whose lines to print.",
)
def env(shell: str) -> None:
    """Print lines that turn a shell to the local cloud, and start it.

    sh: eval "$(lab-kit cloud env)". fish: lab-kit cloud env --shell fish | source.
    PowerShell: lab-kit cloud env | Out-String | Invoke-Expression.
    """
    import os

    from lab_kit.cloud import environment, launch
    from lab_kit.cloud.home import Home

    home = Home()
    endpoint = launch.ensure(home)
    environment.write_profile(home, endpoint)
    for line in lines(environment.variables(home, endpoint, os.environ), shell):
        click.echo(line)


def lines(variables: Mapping[str, str | None], shell: str) -> list[str]:
    """One line a variable; None is one to unset.

    Args:
        variables: By name.
        shell: sh, fish or powershell.
    """
    said = []
    for name, value in variables.items():
        if shell == "powershell":
            quoted = "" if value is None else "'" + value.replace("'", "''") + "'"
            said.append(
                f"Remove-Item Env:{name} -ErrorAction Ignore"
                if value is None
                else f"$Env:{name} = {quoted}"
            )
        elif shell == "fish":
            said.append(
                f"set -e {name};" if value is None else f"set -gx {name} {shlex.quote(value)};"
            )
        else:
            said.append(f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}")
    return said


@cloud.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Delete everything the local cloud holds: buckets, resources, jobs, its clock."""
    import shutil

    from lab_kit.cloud import launch
    from lab_kit.cloud.home import Home

    home = Home()
    if not yes:
        click.confirm(f"Delete everything in {home.folder}?", abort=True)
    launch.stop(home)
    if home.folder.exists():
        shutil.rmtree(home.folder)
    click.echo("The local cloud is empty.")
