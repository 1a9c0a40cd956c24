"""Where a public data set lies on this computer: the folder the user names, else the cache."""

from pathlib import Path

from lab_kit import paths
from lab_kit.data.source import FileSpec, Source
from lab_kit.errors import LabKitError


def cache_folder(source: Source) -> Path:
    """Where `lab-kit data get` puts the data set, whether it is there or not."""
    return paths.home_folder() / "data" / source.name


def find_folder(source: Source) -> Path | None:
    """The first folder that holds every file of the data set; None where none does."""
    for folder in _candidates(source):
        if not _missing(source, folder):
            return folder
    return None


def need_folder(source: Source) -> Path:
    """The folder that holds every file of the data set.

    Raises:
        LabKitError: It is not at hand, or a folder of its name lacks a file; with both ways to
            get it.
    """
    folder = find_folder(source)
    if folder is not None:
        return folder
    ways = (
        f"run `lab-kit data get {source.name}`, or set LAB_KIT_REAL_DATA to a folder with "
        f"{source.name}/{source.files[0].name} in it"
    )
    for folder in _candidates(source):
        if folder.is_dir():
            lacking = ", ".join(spec.name for spec in _missing(source, folder))
            raise LabKitError(
                f"The folder of data set {source.name} has no {lacking}",
                where=str(folder),
                next_step=f"put the file there, or {ways}",
            )
    raise LabKitError(
        f"The data set {source.name} is not on this computer",
        where=" and ".join(str(folder) for folder in _candidates(source)),
        next_step=ways,
    )


def path_in(folder: Path, spec: FileSpec) -> Path:
    """The file in a folder that holds it, under whichever of its names it has there."""
    return next(folder / name for name in spec.names if (folder / name).is_file())


def _candidates(source: Source) -> list[Path]:
    named = paths.real_data_folder()
    return ([named / source.name] if named is not None else []) + [cache_folder(source)]


def _missing(source: Source, folder: Path) -> list[FileSpec]:
    return [
        spec for spec in source.files if not any((folder / name).is_file() for name in spec.names)
    ]
