import base64
import hashlib
import io
import zlib

import pytest

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.objects.upload import receive
from lab_kit.aws.protocol.request import Request

DATA = bytes(range(256)) * 40


def request(body, length=None, **headers):
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/bucket/key",
        "REQUEST_URI": "/bucket/key",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body) if length is None else length),
    }
    for name, value in headers.items():
        environ[f"HTTP_{name.upper()}"] = value
    return Request(environ)


def b64(digest):
    return base64.b64encode(digest).decode()


CRC = b64(zlib.crc32(DATA).to_bytes(4, "big"))


def chunked(data, size, *, signed=False, trailer=""):
    """As a client writes it, from the page that describes it."""
    signature = ";chunk-signature=" + "a" * 64 if signed else ""
    body = b""
    for begin in range(0, len(data), size):
        piece = data[begin : begin + size]
        body += f"{len(piece):x}{signature}\r\n".encode() + piece + b"\r\n"
    return body + f"0{signature}\r\n{trailer}\r\n".encode()


STREAMS = {
    "signed": ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", True, ""),
    "signed with trailer": (
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        True,
        f"x-amz-checksum-crc32:{CRC}\r\nx-amz-trailer-signature:{'b' * 64}\r\n",
    ),
    "unsigned with trailer": (
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        False,
        f"x-amz-checksum-crc32:{CRC}\r\n",
    ),
}


@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("size", [1000, 8192, 20_000])
def test_chunks_are_put_together(tmp_path, kind, size):
    name, signed, trailer = STREAMS[kind]
    blob = receive(
        request(
            chunked(DATA, size, signed=signed, trailer=trailer),
            x_amz_content_sha256=name,
            x_amz_decoded_content_length=str(len(DATA)),
            x_amz_trailer="x-amz-checksum-crc32" if trailer else "",
        ),
        tmp_path / "blob",
    )
    assert (tmp_path / "blob").read_bytes() == DATA
    assert blob.md5 == hashlib.md5(DATA).hexdigest()
    assert blob.checksums == ({"crc32": CRC} if trailer else {})


RIGHT = {
    "content_md5": b64(hashlib.md5(DATA).digest()),
    "x_amz_content_sha256": hashlib.sha256(DATA).hexdigest(),
    "x_amz_checksum_crc32": CRC,
    "x_amz_checksum_sha1": b64(hashlib.sha1(DATA).digest()),
    "x_amz_checksum_sha256": b64(hashlib.sha256(DATA).digest()),
}


@pytest.mark.parametrize("header", RIGHT)
def test_a_digest_is_held_true(tmp_path, header):
    receive(request(DATA, **{header: RIGHT[header]}), tmp_path / "right")
    assert (tmp_path / "right").exists()
    with pytest.raises(ServiceError, match="match"):
        receive(request(DATA[:-1] + b"!", **{header: RIGHT[header]}), tmp_path / "wrong")
    assert not (tmp_path / "wrong").exists()


def test_a_checksum_that_python_lacks_is_kept_as_it_was_given(tmp_path):
    blob = receive(request(DATA, x_amz_checksum_crc64nvme="AAAAAAAAAAA="), tmp_path / "blob")
    assert blob.checksums == {"crc64nvme": "AAAAAAAAAAA="}


@pytest.mark.parametrize(
    "body",
    [
        chunked(DATA, 1000)[:-900],
        chunked(DATA, 1000).replace(b"3e8", b"3e9", 1),
        b"nonsense",
        b"",
        chunked(DATA[:-1], 1000),
    ],
)
def test_a_stream_that_ends_early_or_lies_leaves_nothing(tmp_path, body):
    with pytest.raises(ServiceError) as raised:
        receive(
            request(
                body,
                x_amz_content_sha256="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                x_amz_decoded_content_length=str(len(DATA)),
            ),
            tmp_path / "blob",
        )
    assert raised.value.code == "IncompleteBody"
    assert not (tmp_path / "blob").exists()


def test_a_body_shorter_than_announced_leaves_nothing(tmp_path):
    with pytest.raises(ServiceError) as raised:
        receive(request(DATA, length=len(DATA) + 1), tmp_path / "blob")
    assert raised.value.code == "IncompleteBody"
    assert not (tmp_path / "blob").exists()


def test_more_than_s3_takes_is_refused_unread(tmp_path):
    with pytest.raises(ServiceError) as raised:
        receive(request(b"", length=5 * 2**30 + 1), tmp_path / "blob")
    assert raised.value.code == "EntityTooLarge"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    full = OSError(28, "No space left on device")

    class Full(io.RawIOBase):
        """A stream that cannot be spooled any more."""

        def read(self, size=-1):
            raise full

    wanted = request(DATA)
    wanted.environ["wsgi.input"] = Full()
    with pytest.raises(ServiceError, match="disk") as raised:
        receive(wanted, tmp_path / "blob")
    assert raised.value.status == 507
    assert not (tmp_path / "blob").exists()
