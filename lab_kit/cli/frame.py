"""What every command shares: one clear line for an error, honest exit codes, `--debug`."""

import sys
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

import click

from lab_kit.errors import LabKitError

FAILED = 1
INTERRUPTED = 130
"""128 + SIGINT, what a shell reports for a program that Ctrl-C ended."""


@dataclass
class Settings:
    """What the whole command line shares; lives in `click.Context.obj`."""

    debug: bool = False
    """Print the whole trace of an error instead of one line."""


def _remember_debug(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.ensure_object(Settings).debug = True


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        is_eager=True,  # so that an error in another option already obeys it
        expose_value=False,
        callback=_remember_debug,
        help="Show the whole trace of an error.",
    )


class Command(click.Command):
    """A command that takes `--debug` wherever the user happens to put it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_debug_option())


class Group(click.Group):
    """A group that takes `--debug`, keeps its order and makes commands and groups like itself."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_debug_option())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which a learner meets the commands, not by the alphabet."""
        return list(self.commands)


def run_command_line(cli: click.Group) -> NoReturn:
    """Run `cli` and end the process: 0 done, 1 failed, 2 misused, 130 stopped with Ctrl-C."""
    settings = Settings()
    try:
        code = cli.main(prog_name="lab-kit", standalone_mode=False, obj=settings)
    except click.ClickException as error:  # carries its own code: 2 for wrong usage
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt) as stop:
        _leave_after_stop(stop)
    except Exception as error:
        if settings.debug:
            traceback.print_exc()
        else:
            click.echo(f"Error: {explain(error)}", err=True)
        sys.exit(FAILED)
    sys.exit(code if isinstance(code, int) else 0)


def explain(error: Exception) -> str:
    """One line for a person: what went wrong, where, and what to do next."""
    if isinstance(error, LabKitError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{place}. Next: {_advice(error)}."
    said = " ".join(str(error).split())
    return (
        f"Something the kit did not expect: {type(error).__name__}: {said}. "
        "Next: run the command again with --debug and report what it prints."
    )


def _advice(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "choose a folder you may write to, with LAB_KIT_WORK"
    if isinstance(error, FileNotFoundError):
        return "check the path"
    return "run `lab-kit doctor`, which checks disk space and write access"


def fail() -> NoReturn:
    """Leave the running command with exit code 1; what failed has been said already."""
    click.get_current_context().exit(FAILED)


def _leave_after_stop(stop: BaseException) -> NoReturn:
    """Click turns both Ctrl-C and an input that ends at a question into Abort."""
    if isinstance(stop.__cause__ or stop.__context__, EOFError):
        click.echo("Nothing was done: the question got no answer.", err=True)
        sys.exit(FAILED)
    click.echo("Stopped.", err=True)
    sys.exit(INTERRUPTED)
