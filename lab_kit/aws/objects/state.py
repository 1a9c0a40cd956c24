"""What moto knows of objects and uploads, written down, and told to it again after a restart.

Buckets and their settings are requests in the journal. Objects are too many for that: each of their
versions is a row, and each part of an unfinished upload.
"""

import json
from datetime import datetime
from typing import Any

from moto.s3 import models
from moto.s3.models import FakeAcl, FakeBucket, FakeDeleteMarker, FakeGrant, FakeGrantee, S3Backend

from lab_kit.aws.account import ACCOUNT
from lab_kit.aws.database import Database
from lab_kit.aws.objects.blobs import Blob
from lab_kit.aws.objects.keys import FileKey, FileMultipart
from lab_kit.aws.objects.shelf import Shelf

_ATTRIBUTES = (
    "region_name",
    "_storage_class",
    "_etag",
    "_version_id",
    "_is_versioned",
    "_status",
    "website_redirect_location",
    "encryption",
    "kms_key_id",
    "bucket_key_enabled",
    "lock_mode",
    "lock_legal_status",
    "lock_until",
    "checksum_algorithm",
    "checksum_value",
    "checksum_type",
    "checksum_parts",
)
"""Of a key, those that JSON holds as they are."""


def backend() -> S3Backend:
    """What moto knows of S3."""
    found: S3Backend = models.s3_backends[ACCOUNT]["aws"]
    return found


class State:
    """The rows of objects and uploads.

    Args:
        database: Where they lie.
        shelf: The files.
    """

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    def save_key(self, bucket: str, key: str) -> set[str]:
        """Write down all versions of an object as moto knows them now, or that it is gone.

        Returns:
            The names of the files it had before.
        """
        known = backend().buckets.get(bucket)
        versions = known.keys.getlist(key, []) if known is not None else []
        with self._database.transaction() as connection:
            before = connection.execute(
                "SELECT blob FROM object_versions WHERE bucket = ? AND key = ?", (bucket, key)
            ).fetchall()
            connection.execute(
                "DELETE FROM object_versions WHERE bucket = ? AND key = ?", (bucket, key)
            )
            connection.executemany(
                "INSERT INTO object_versions VALUES (?, ?, ?, ?, ?)",
                [(bucket, key, place, *_row(each)) for place, each in enumerate(versions)],
            )
        return {blob for (blob,) in before if blob}

    def save_upload(self, bucket: str, upload: str, part: int | None = None) -> set[str]:
        """Write down an upload, or one part of it, or that it has ended.

        Returns:
            The names of the files it has no more.
        """
        known = backend().buckets[bucket].multiparts.get(upload)
        with self._database.transaction() as connection:
            if known is None:
                gone = connection.execute("SELECT blob FROM parts WHERE upload = ?", (upload,))
                blobs = {blob for (blob,) in gone.fetchall()}
                connection.execute("DELETE FROM uploads WHERE id = ?", (upload,))
                return blobs
            if part is None:
                connection.execute(
                    "INSERT INTO uploads SELECT ?, ?, ?, coalesce(max(position), 0) + 1 "
                    "FROM uploads",
                    (upload, bucket, json.dumps(_upload_record(known))),
                )
                return set()
            key = known.parts[part]
            before = connection.execute(
                "SELECT blob FROM parts WHERE upload = ? AND number = ?", (upload, part)
            ).fetchall()
            connection.execute(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", (upload, part, *_row(key))
            )
            return {blob for (blob,) in before}

    def forget_bucket(self, bucket: str) -> None:
        """Forget all that was in a bucket: moto deletes only empty ones, but uploads may stay."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM object_versions WHERE bucket = ?", (bucket,))
            connection.execute("DELETE FROM uploads WHERE bucket = ?", (bucket,))

    def restore(self) -> None:
        """Tell moto of all objects and uploads; it has to know the buckets already."""
        known = backend()
        for bucket, key, blob, text in self._database.rows(
            "SELECT bucket, key, blob, record FROM object_versions ORDER BY bucket, key, place"
        ):
            versions = known.buckets[bucket].keys
            record = json.loads(text)
            earlier = versions.getlist(key, [])
            if blob is None:
                marker = _marker(earlier[-1] if earlier else None, key, record)
                versions.setlist(key, [*earlier, marker])
                continue
            made = self._key(key, bucket, blob, record)
            versions.setlist(key, [*earlier, made])
            if record["tags"]:
                known.put_object_tagging(made, record["tags"])
        for upload, bucket, text in self._database.rows(
            "SELECT id, bucket, record FROM uploads ORDER BY position"
        ):
            multipart = _multipart(upload, known.buckets[bucket], json.loads(text))
            known.buckets[bucket].multiparts[upload] = multipart
            for number, blob, part in self._database.rows(
                "SELECT number, blob, record FROM parts WHERE upload = ? ORDER BY number", (upload,)
            ):
                multipart.parts[number] = self._key(number, bucket, blob, json.loads(part))
                multipart.partlist.append(number)

    def _key(self, name: Any, bucket: str, blob: str, record: dict[str, Any]) -> FileKey:
        content = Blob(
            self._shelf.path(blob), record["size"], 0, record["md5"], record["checksums"]
        )
        key = FileKey(
            name,
            content,
            account_id=ACCOUNT,
            region_name=record["region_name"],
            bucket_name=bucket,
        )
        for attribute in _ATTRIBUTES:
            setattr(key, attribute, record[attribute])
        key.last_modified = datetime.fromisoformat(record["last_modified"])
        key.set_metadata(dict(record["metadata"]))
        key.set_acl(_acl(record["acl"]))
        if record["expiry"]:
            key.set_expiry(datetime.fromisoformat(record["expiry"]))
        return key


def _row(version: Any) -> tuple[str | None, str]:
    """The file of a version, and the rest of it in JSON."""
    modified = version.last_modified.isoformat()
    if isinstance(version, FakeDeleteMarker):
        return None, json.dumps({"_version_id": version._version_id, "last_modified": modified})
    blob = version.value
    record = {name: getattr(version, name) for name in _ATTRIBUTES} | {
        "size": blob.size,
        "md5": blob.md5,
        "checksums": dict(blob.checksums),
        "last_modified": modified,
        "expiry": version._expiry.isoformat() if version._expiry else None,
        "metadata": dict(version.metadata),
        "acl": _grants(version.acl),
        "tags": backend().tagger.get_tag_dict_for_resource(version.arn),
    }
    return blob.name, json.dumps(record)


def _marker(of: Any, name: str, record: dict[str, Any]) -> FakeDeleteMarker:
    marker = FakeDeleteMarker(key=of)
    marker.name = name
    marker._version_id = record["_version_id"]
    marker.last_modified = datetime.fromisoformat(record["last_modified"])
    return marker


def _upload_record(upload: Any) -> dict[str, Any]:
    return {
        "key": upload.key_name,
        "metadata": dict(upload.metadata),
        "storage": upload.storage,
        "tags": upload.tags,
        "acl": _grants(upload.acl),
        "sse_encryption": upload.sse_encryption,
        "kms_key_id": upload.kms_key_id,
    }


def _multipart(upload: str, bucket: FakeBucket, record: dict[str, Any]) -> FileMultipart:
    multipart = FileMultipart(
        record["key"],
        models.CaseInsensitiveDict(record["metadata"]),
        account_id=ACCOUNT,
        region_name=bucket.region_name,
        storage=record["storage"],
        tags=record["tags"],
        acl=_acl(record["acl"]),
        sse_encryption=record["sse_encryption"],
        kms_key_id=record["kms_key_id"],
    )
    multipart.id = upload
    return multipart


def _grants(acl: FakeAcl | None) -> list[dict[str, Any]] | None:
    if acl is None:
        return None
    return [
        {
            "permissions": grant.permissions,
            "grantees": [[each.id, each.uri, each.display_name] for each in grant.grantees],
        }
        for grant in acl.grants
    ]


def _acl(grants: list[dict[str, Any]] | None) -> FakeAcl | None:
    if grants is None:
        return None
    return FakeAcl(
        [
            FakeGrant([FakeGrantee(*each) for each in grant["grantees"]], grant["permissions"])
            for grant in grants
        ]
    )
