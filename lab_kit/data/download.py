"""Download a public data set: terms first, then the file, checked, and in place only when whole.

Nothing is written where `load` looks until everything has been checked: a broken connection, a
full disk or Ctrl-C leaves the cache as it was.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from lab_kit.data.archive import unpack
from lab_kit.data.at_hand import cache_folder, find_folder, path_in
from lab_kit.data.catalogue import public_source
from lab_kit.data.checksums import checksum_file, expected_sha256, remember, sha256_of
from lab_kit.data.files import check_contents, read_table
from lab_kit.data.source import Source
from lab_kit.errors import LabKitError

MIRROR_VARIABLE = "LAB_KIT_DATA_MIRROR"
Accept = bool | Callable[[str], bool]


def get(
    name: str,
    accept: Accept = False,
    mirror: str | None = None,
    progress: bool = True,
    retries: int = 3,
) -> Path:
    """Download a public data set into the kit's cache, unless it is at hand already.

    Args:
        name: One of `names()` but the shop.
        accept: True where the terms have been read and accepted; else a function that is shown
            the terms and says whether they are.
        mirror: Base address of a mirror that holds <mirror>/<name>/<file of the publisher>;
            without it LAB_KIT_DATA_MIRROR, and without that the publisher's own address.
        progress: Show a progress bar.
        retries: How often a failed download is tried again.

    Returns:
        The folder that holds the files: the one they were found in, or the cache.

    Raises:
        LabKitError: The terms were not accepted, the download failed, the disk is full, or what
            came is not what it should be.
    """
    return download(public_source(name), accept, mirror, progress, retries)


def download(
    source: Source,
    accept: Accept = False,
    mirror: str | None = None,
    progress: bool = True,
    retries: int = 3,
) -> Path:
    """Like `get`, for a data set by its declaration."""
    found = find_folder(source)
    if found is not None:
        return found
    folder = cache_folder(source)
    _need_acceptance(source, accept)
    url = address(source, mirror)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{source.name}-", dir=folder.parent) as scratch:
            fetched = _fetch(source, url, Path(scratch), progress, retries)
            unpacked = Path(scratch) / "files"
            unpack(source, fetched, unpacked)
            _check(source, unpacked, url)
            (unpacked / "TERMS.txt").write_text(source.terms + "\n", encoding="utf-8")
            remember(source, sha256_of(fetched))
            _put_in_place(unpacked, folder)
    except OSError as error:
        raise LabKitError(
            "The disk is full"
            if error.errno == errno.ENOSPC
            else f"The data set cannot be stored: {error}",
            where=str(folder),
            next_step=(
                "make room, or set LAB_KIT_HOME to a folder you may write to, "
                f"and run `lab-kit data get {source.name}` again"
            ),
        ) from error
    return folder


def address(source: Source, mirror: str | None = None) -> str:
    """Where the data set is downloaded from: the mirror where one is set, else the publisher.

    Raises:
        LabKitError: The mirror is not an http(s) address.
    """
    base = mirror or os.environ.get(MIRROR_VARIABLE)
    if not base:
        return source.url
    if not base.startswith(("http://", "https://")):
        raise LabKitError(
            f'"{base}" is not the address of a mirror',
            where=MIRROR_VARIABLE,
            next_step="give an address that starts with http:// or https://",
        )
    return f"{base.rstrip('/')}/{source.name}/{quote(source.download_name, safe='+')}"


def _need_acceptance(source: Source, accept: Accept) -> None:
    accepted = accept(source.terms) if callable(accept) else accept
    if not accepted:
        raise LabKitError(
            f"The terms of {source.name} were not accepted, so nothing was downloaded",
            where=f"{source.licence}; {source.page}",
            next_step=f"read the terms with `lab-kit data get {source.name}` and accept them",
        )


def _fetch(source: Source, url: str, folder: Path, progress: bool, retries: int) -> Path:
    import pooch

    known = expected_sha256(source)
    name = source.download_name
    fetcher = pooch.create(
        path=folder,
        base_url="",
        registry={name: known},
        urls={name: url},
        retry_if_failed=retries,
    )
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # its lines about the temporary folder would puzzle a learner
    try:
        return Path(fetcher.fetch(name, progressbar=progress))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise LabKitError(
            f"The download from {url} failed: {error}",
            where=source.name,
            next_step=(
                f"check the connection and try again, set {MIRROR_VARIABLE} to a mirror, or "
                f"download it by hand from {source.page}, unpack it into a folder "
                f"{source.name}/ and set LAB_KIT_REAL_DATA to the folder above"
            ),
        ) from error
    except ValueError as error:  # pooch's word for a checksum that differs
        raise LabKitError(
            f"The file at {url} is not the one the kit knows, its SHA-256 is not {known}",
            where=source.name,
            next_step=_after_other_file(source),
        ) from error
    finally:
        logger.setLevel(level)


def _after_other_file(source: Source) -> str:
    news = f"see {source.page} for news of the data set"
    if source.sha256 is not None:
        return news
    return (
        f"{news}; to accept the new file, delete {checksum_file()}, written by the first download"
    )


def _check(source: Source, folder: Path, url: str) -> None:
    for spec in source.files:
        path = path_in(folder, spec)
        try:
            check_contents(read_table(path, spec), spec, path)
        except LabKitError as error:
            raise LabKitError(
                f"What came from {url} is not {source.name} as it should be: {error.what}",
                # The folder it was unpacked into is gone when this is read.
                where=(error.where or spec.name).replace(f"{folder}{os.sep}", ""),
                next_step=f"try again later, or see {source.page} for news of the data set",
            ) from error


def _put_in_place(unpacked: Path, folder: Path) -> None:
    if folder.exists():  # an incomplete one: a complete one is never downloaded again
        shutil.rmtree(folder)
    unpacked.replace(folder)
