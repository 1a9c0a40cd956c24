"""Take the declared files out of a download, and nothing else."""

import shutil
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path

from lab_kit.data.source import Source
from lab_kit.errors import LabKitError


def unpack(source: Source, fetched: Path, folder: Path) -> None:
    """Copy each file `source.members` names into `folder`; without members, the download itself.

    Names inside an archive never become paths on disk, so that no archive can write elsewhere.

    Raises:
        LabKitError: The download is not a zip archive, or lacks a file.
    """
    folder.mkdir()
    if not source.members:
        shutil.copyfile(fetched, folder / source.files[0].name)
        return
    for name, member in source.members.items():
        try:
            _copy_member(fetched, member, folder / name)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise LabKitError(
                "The download is not a complete zip archive",
                where=source.download_name,
                next_step=f"run `lab-kit data get {source.name}` again",
            ) from error
        except KeyError as error:
            raise LabKitError(
                f"The download holds no file {member}",
                where=source.download_name,
                next_step=f"see {source.page} for news of the data set",
            ) from error


def _copy_member(archive: Path, member: str, target: Path) -> None:
    *outer, last = member.split("!")
    with ExitStack() as stack:
        opened = stack.enter_context(zipfile.ZipFile(archive))
        for inner in outer:
            opened = stack.enter_context(zipfile.ZipFile(stack.enter_context(opened.open(inner))))
        with opened.open(last) as source_file, target.open("wb") as target_file:
            shutil.copyfileobj(source_file, target_file)
