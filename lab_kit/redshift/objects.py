"""S3 as the database sees it: objects to read as files, and files to put there."""

import shutil
from pathlib import Path
from typing import Any, Protocol

from lab_kit.aws.account import REGION
from lab_kit.aws.door import Door
from lab_kit.aws.ground import Ground
from lab_kit.aws.objects.shelf import StoredObject, split
from lab_kit.redshift.errors import OperationalError


class Objects(Protocol):
    """What holds objects."""

    def under(self, address: str) -> list[StoredObject]:
        """The objects whose key begins with the address's, in the order of their keys."""

    def has_bucket(self, bucket: str) -> bool:
        """Whether there is a bucket of that name."""

    def put(self, path: Path, address: str) -> None:
        """Make an object of a file."""

    def remove(self, address: str) -> None:
        """Remove the objects whose key begins with the address's."""

    def as_json(self) -> dict[str, Any]:
        """What `objects_of` makes the same of, in another process."""


class CloudObjects:
    """The objects of a local cloud: read where they lie, written through its S3.

    Args:
        ground: What it stands on.
        door: Its server.
    """

    def __init__(self, ground: Ground, door: Door) -> None:
        self._ground = ground
        self._door = door
        self._made: Any = None

    def under(self, address: str) -> list[StoredObject]:
        """See `Objects`."""
        return self._ground.shelf.under(address)

    def has_bucket(self, bucket: str) -> bool:
        """See `Objects`."""
        return self._ground.shelf.has_bucket(bucket)

    def put(self, path: Path, address: str) -> None:
        """See `Objects`.

        Raises:
            OperationalError: S3 does not take it.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        bucket, key = split(address)
        try:
            with path.open("rb") as body:
                self._client().put_object(Bucket=bucket, Key=key, Body=body)
        except (BotoCoreError, ClientError) as error:
            raise _s3_error(error, address) from error

    def remove(self, address: str) -> None:
        """See `Objects`.

        Raises:
            OperationalError: S3 refuses.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            for each in self.under(address):
                self._client().delete_object(Bucket=each.bucket, Key=each.key)
        except (BotoCoreError, ClientError) as error:
            raise _s3_error(error, address) from error

    def as_json(self) -> dict[str, Any]:
        """See `Objects`."""
        return {"home": str(self._ground.folder), "door": self._door.as_json()}

    def _client(self) -> Any:
        if self._made is None:
            from botocore.config import Config
            from botocore.session import Session

            self._made = Session().create_client(
                "s3",
                region_name=REGION,
                endpoint_url=self._door.url,
                aws_access_key_id=self._door.access_key,
                aws_secret_access_key=self._door.secret_key,
                # Straight to the server, whatever proxy the environment names.
                config=Config(s3={"addressing_style": "path"}, proxies={}),
            )
        return self._made


class FolderObjects:
    """Objects in a folder, for a database that is in no local cloud. Every bucket is there.

    Args:
        folder: Where they lie: a folder for each bucket.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def under(self, address: str) -> list[StoredObject]:
        """See `Objects`."""
        bucket, prefix = split(address)
        root = self._path(bucket)
        found = [
            StoredObject(bucket, path.relative_to(root).as_posix(), path)
            for path in root.rglob("*")
            if path.is_file()
        ]
        return sorted((each for each in found if each.key.startswith(prefix)), key=lambda x: x.key)

    def has_bucket(self, bucket: str) -> bool:
        """See `Objects`."""
        return bool(bucket)

    def put(self, path: Path, address: str) -> None:
        """See `Objects`."""
        target = self._path("/".join(split(address)))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    def remove(self, address: str) -> None:
        """See `Objects`."""
        for each in self.under(address):
            each.path.unlink()

    def as_json(self) -> dict[str, Any]:
        """See `Objects`."""
        return {"folder": str(self._folder)}

    def _path(self, key: str) -> Path:
        path = (self._folder / key).resolve()
        if not path.is_relative_to(self._folder) or path == self._folder:
            raise OperationalError("The address leads out of S3", where=f"s3://{key}")
        return path


def objects_of(said: dict[str, Any]) -> Objects:
    """The objects that `as_json` described."""
    if "folder" in said:
        return FolderObjects(Path(said["folder"]))
    return CloudObjects(Ground.under(Path(said["home"])), Door(**said["door"]))


def require_bucket(objects: Objects, address: str) -> None:
    """Make sure that an address is one, in a bucket that is there.

    Raises:
        OperationalError: It is not.
    """
    bucket, _ = split(address)
    if not address.startswith("s3://"):
        raise OperationalError(
            f'"{address}" is no address in S3', next_step="write s3://bucket/key"
        )
    if not objects.has_bucket(bucket):
        raise OperationalError(
            "S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket",
            where=f"s3://{bucket}",
            next_step=f"make it first: boto3.client('s3').create_bucket(Bucket='{bucket}')",
        )


def _s3_error(error: Exception, address: str) -> OperationalError:
    return OperationalError(f"S3 does not take it: {error}", where=address)
