"""Does this machine have what the labs need, and if not, what mends it?"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from ast import literal_eval
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lab_kit.errors import LabKitError
from lab_kit.machine import free_memory
from lab_kit.paths import work_folder

DISTRIBUTION = "lab-kit"
MEMORY_WANTED = 1.5
"""GiB; a lab's kernel takes up to 550 MiB, JupyterLab about 120, the local cloud the rest."""
DISK_WANTED = 0.5
"""GiB; room for checkpoints, reports and one public data set."""
KERNEL_SECONDS = 9
"""How long a kernel may take to start, so that the whole examination stays under ten seconds."""
GIB = 2**30
INSTALL_AGAIN = "set the kit up again with `make labs` or `uv sync --no-dev`"

State = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    state: State
    name: str
    detail: str
    fix: str = ""
    """What to do about a WARN or FAIL."""

    def __str__(self) -> str:
        label = f"[{self.state}]".ljust(6)
        line = f"{label} {self.name}: {self.detail}"
        return f"{line}\n       Fix: {self.fix}." if self.fix else line


@dataclass(frozen=True)
class Examination:
    """What all checks found; shown as one line a check."""

    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing failed; a warning is no failure."""
        return not self.failed

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The checks that failed."""
        return tuple(finding for finding in self.findings if finding.state == "FAIL")

    def __repr__(self) -> str:
        return "\n".join(map(str, self.findings))


def examine(
    *, quick: bool = False, progress: Callable[[Finding], None] = lambda _: None
) -> Examination:
    """Run every check.

    Args:
        quick: Start no kernel; right for a notebook, whose own kernel proves that kernels start.
        progress: Called with each finding as soon as it is there.
    """
    with ThreadPoolExecutor(max_workers=1) as background:  # the slow kernel starts first
        kernel = None if quick else background.submit(_guarded, check_kernel)
        findings = []
        for check in QUICK_CHECKS:
            findings.append(_guarded(check))
            progress(findings[-1])
        if kernel is not None:
            findings.append(kernel.result())
            progress(findings[-1])
    return Examination(tuple(findings))


def _guarded(check: Callable[[], Finding]) -> Finding:
    """A check that breaks is a finding too, and the others still run."""
    try:
        return check()
    except LabKitError as error:
        where = f" ({error.where})" if error.where else ""
        return Finding(
            "FAIL", _name_of(check), f"{error.what}{where}", error.next_step or INSTALL_AGAIN
        )
    except Exception as error:
        said = " ".join(str(error).split())
        return Finding("FAIL", _name_of(check), f"{type(error).__name__}: {said}", INSTALL_AGAIN)


def _name_of(check: Callable[[], Finding]) -> str:
    return check.__name__.removeprefix("check_").replace("_", " ")


def check_python() -> Finding:
    """Is this Python one the kit is locked and tested for?"""
    allowed = metadata.metadata(DISTRIBUTION)["Requires-Python"]
    version = platform.python_version()
    if SpecifierSet(allowed).contains(version, prereleases=True):
        return Finding("OK", "Python", version)
    detail = f"{version} ({sys.executable}), but the kit needs {allowed}"
    return Finding("FAIL", "Python", detail, "install Python 3.12 and set the kit up with it")


def check_packages() -> Finding:
    """Is every package there, in a version the kit was written for?"""
    wanted = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    needed = [each for each in wanted if each.marker is None or each.marker.evaluate()]
    wrong = [problem for problem in map(_problem_with, needed) if problem]
    if wrong:
        return Finding("FAIL", "packages", "; ".join(wrong), INSTALL_AGAIN)
    return Finding("OK", "packages", f"all {len(needed)} there, each in a version that fits")


def _problem_with(requirement: Requirement) -> str | None:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"{requirement.name} is {version}, wanted {requirement.specifier}"


def check_memory() -> Finding:
    """Is there room for a lab? A container's limit counts, not the machine around it."""
    free = free_memory() / GIB
    detail = f"{free:.1f} GiB free"
    if free >= MEMORY_WANTED:
        return Finding("OK", "memory", detail)
    return Finding(
        "WARN",
        "memory",
        f"{detail}, {MEMORY_WANTED} GiB are comfortable",
        "close other programs and notebooks you have finished (Kernel > Shut Down)",
    )


def check_disk() -> Finding:
    """Is there room for what a learner writes?"""
    work = work_folder()
    there = next(folder for folder in (work, *work.parents) if folder.is_dir())
    free = shutil.disk_usage(there).free / GIB
    if free >= DISK_WANTED:
        return Finding("OK", "disk", f"{free:.0f} GiB free")
    return Finding(
        "FAIL",
        "disk",
        f"{free:.1f} GiB free for {work}, {DISK_WANTED} GiB are needed",
        "free some space, or name a folder on another disk with LAB_KIT_WORK",
    )


def check_write_access() -> Finding:
    """Can a file be made, read back and removed where the learner works?"""
    work = work_folder()
    # Before the first `start` the folder is not there; what counts then is the one it goes into.
    there = next(folder for folder in (work, *work.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"lab-kit")
            file.flush()
    except OSError as error:
        return Finding(
            "FAIL",
            "write access",
            f"{error.strerror or error} ({there})",
            "name a folder you may write to with LAB_KIT_WORK",
        )
    return Finding("OK", "write access", "the work folder takes files")


def check_fonts() -> Finding:
    """Does matplotlib find a font of the kit that has Korean?"""
    import matplotlib
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    from lab_kit.plots.theme import use_theme

    with matplotlib.rc_context():
        use_theme()
        families = matplotlib.rcParams["font.family"]
        path = findfont(FontProperties(family=families[:1]), fallback_to_default=False)
    if FT2Font(path).get_char_index(ord("한")) == 0:
        return Finding("FAIL", "fonts", f"{path} has no Korean", INSTALL_AGAIN)
    return Finding("OK", "fonts", f"{families[0]} is registered and has Korean")


def check_data() -> Finding:
    """Are the bundled files the ones the manifest was written for?"""
    from lab_kit.data import manifest

    problems = manifest.verify()
    if problems:
        return Finding(
            "FAIL", "data", "; ".join(map(str, problems)), "get the kit's data/ folder again"
        )
    return Finding("OK", "data", "every bundled file is as it was shipped")


def check_threads() -> Finding:
    """How many threads the linear algebra libraries take; the kit sets one around `implicit`."""
    import numpy  # noqa: F401  a BLAS library is seen only once it is loaded
    from threadpoolctl import threadpool_info

    pools = [f"{pool['internal_api']} {pool['num_threads']}" for pool in threadpool_info()]
    cores = os.cpu_count() or 1
    return Finding("OK", "threads", f"{', '.join(pools) or 'no BLAS seen'}; {cores} cores")


def check_kernel() -> Finding:
    """Does a notebook kernel start, calculate, and run this very Python?"""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(startup_timeout=KERNEL_SECONDS, stderr=subprocess.DEVNULL)
    try:
        reply = client.execute(
            "import sys",
            reply=True,
            timeout=KERNEL_SECONDS,
            user_expressions={"sum": "1 + 1", "prefix": "sys.prefix"},
        )["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    said = reply["user_expressions"]
    answers = {name: literal_eval(said[name]["data"]["text/plain"]) for name in said}
    # The prefix, not the executable: two environments may share one Python behind symbolic links.
    if answers != {"sum": 2, "prefix": sys.prefix}:
        return Finding(
            "FAIL",
            "kernel",
            f"notebooks would run in {answers['prefix']}, not in {sys.prefix}",
            "remove the other kernel with `jupyter kernelspec remove python3`",
        )
    return Finding("OK", "kernel", "starts, and 1 + 1 is 2")


QUICK_CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_packages,
    check_memory,
    check_disk,
    check_write_access,
    check_fonts,
    check_data,
    check_threads,
)
