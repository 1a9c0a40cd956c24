"""`lab-kit doctor`: one line a check, with the fix beside whatever fails."""

import click

from lab_kit.cli.frame import Command, fail


@click.command(cls=Command)
def doctor() -> None:
    """Check Python, packages, memory, disk, kernel, fonts and data of this machine."""
    from lab_kit.doctor import examine

    findings = []
    for finding in examine():
        findings.append(finding)
        click.echo(str(finding))
    failed = sum(finding.state == "FAIL" for finding in findings)
    if failed:
        click.echo(f"{failed} of {len(findings)} checks failed.")
        fail()
    click.echo("This machine is ready.")
