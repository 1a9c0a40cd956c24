import io
import threading
import zipfile
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab_kit.data import download as download_module
from lab_kit.data import names
from lab_kit.data.catalogue import public_source
from lab_kit.data.checksums import checksum_file, sha256_of
from lab_kit.data.download import address, download, get
from lab_kit.data.source import FileSpec, Source
from lab_kit.errors import LabKitError

VISITS = "who,pages\nann,3\nbob,9\n"
SPEC = FileSpec(
    name="visits.csv", columns={"who": "text", "pages": "integer"}, rows=2, ranges={"pages": (1, 9)}
)


def source(**changes):
    declared = {
        "name": "visits",
        "title": "Visits",
        "page": "https://example.org/visits",
        "url": "https://example.org/visits.zip",
        "download_name": "visits.zip",
        "megabytes": 0.1,
        "licence": "CC0",
        "terms": "You may do anything.",
        "files": (SPEC,),
        "members": {"visits.csv": "inner.zip!2026/visits.csv", "README.txt": "README.txt"},
    }
    return Source(**{**declared, **changes})


def archive(visits=VISITS):
    """A zip with a README and a zip in it that holds the table."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("2026/visits.csv", visits)
    with zipfile.ZipFile(outer, "w") as opened:
        opened.writestr("README.txt", "Counted by hand.")
        opened.writestr("inner.zip", inner.getvalue())
        opened.writestr("../escaped.txt", "no")
    return outer.getvalue()


def damaged_archive():
    """A zip whose first file has a stretch of its packed bytes overwritten."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("README.txt", " ".join(str(number**3) for number in range(500)))
    whole = bytearray(packed.getvalue())
    whole[60:90] = b"\xff" * 30
    return bytes(whole)


class Mirror(BaseHTTPRequestHandler):
    def __init__(self, files, requests, *arguments):
        self.files, self.requests = files, requests
        super().__init__(*arguments)

    def do_GET(self):
        self.requests.append(self.path)
        answers = self.files.get(self.path, [])
        body = answers.pop(0) if len(answers) > 1 else next(iter(answers), None)
        if body is None:
            self.send_error(404)
            return
        contents, promised = body if isinstance(body, tuple) else (body, len(body))
        self.send_response(200)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(contents)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(real_folder):
    """A mirror on this machine; `files[path]` lists its answers, the last of them repeated."""
    files, requests = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, files, requests))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.files, server.requests = files, requests
    server.base = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "home" / "data"


def fetch(mirror, declared=None, **options):
    options = {"accept": True, "retries": 0, **options}
    return download(declared or source(), mirror=mirror.base, progress=False, **options)


def assert_nothing_was_left(cache):
    assert not cache.exists() or [path.name for path in cache.iterdir()] == []


def test_a_download_puts_the_declared_files_and_the_terms_in_place(mirror, cache):
    mirror.files["/visits/visits.zip"] = [archive()]
    folder = fetch(mirror)
    assert folder == cache / "visits"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.txt",
        "TERMS.txt",
        "visits.csv",
    ]
    assert (folder / "visits.csv").read_text(encoding="utf-8") == VISITS
    assert "do anything" in (folder / "TERMS.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in cache.iterdir()) == ["checksums.json", "visits"]


def test_a_single_file_is_downloaded_as_it_is(mirror, cache):
    mirror.files["/visits/table.csv"] = [VISITS.encode()]
    folder = fetch(mirror, source(download_name="table.csv", members={}))
    assert (folder / "visits.csv").read_text(encoding="utf-8") == VISITS


def test_what_is_at_hand_is_not_downloaded_again(mirror):
    mirror.files["/visits/visits.zip"] = [archive()]
    assert fetch(mirror) == fetch(mirror, accept=False)
    assert len(mirror.requests) == 1


def test_the_terms_are_shown_first(mirror, cache):
    shown = []
    with pytest.raises(LabKitError, match="not accepted"):
        fetch(mirror, accept=lambda terms: bool(shown.append(terms)))
    assert shown == ["You may do anything."]
    assert mirror.requests == []
    assert_nothing_was_left(cache)


def test_without_a_word_nothing_is_accepted(real_folder):
    with pytest.raises(LabKitError, match="not accepted") as error:
        get("movielens-small")
    assert "GroupLens" in error.value.where


def test_the_mirror_comes_from_the_argument_then_the_environment(monkeypatch):
    monkeypatch.setenv("LAB_KIT_DATA_MIRROR", "http://room.local/data/")
    bank = public_source("bank-marketing")
    assert address(bank) == "http://room.local/data/bank-marketing/bank+marketing.zip"
    assert address(bank, "http://other") == "http://other/bank-marketing/bank+marketing.zip"
    monkeypatch.delenv("LAB_KIT_DATA_MIRROR")
    assert address(bank) == bank.url


def test_a_mirror_that_is_no_address_is_refused():
    with pytest.raises(LabKitError, match="not the address of a mirror"):
        address(source(), "/mnt/usb")


def test_a_broken_connection_is_tried_again(mirror):
    whole = archive()
    mirror.files["/visits/visits.zip"] = [(whole[:100], len(whole)), whole]
    assert (fetch(mirror, retries=1) / "visits.csv").is_file()
    assert len(mirror.requests) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((archive()[:100], len(archive())), "download from http.* failed"),
        (None, "download from http.* failed: 404"),
        (b"<html>log in to the wireless network</html>", "not a complete zip archive"),
        (archive()[:80], "not a complete zip archive"),
        (archive().replace(b"Counted by hand.", b"Counted by feet."), "not a complete zip archive"),
        (archive(VISITS + "cy,1\n"), "has 3 rows and should have 2"),
        (archive(VISITS.replace("9", "10")), "should lie in 1 to 9"),
        (archive(VISITS.replace("pages", "clicks")), "no column pages"),
        (archive(""), "is empty"),
    ],
    ids=[
        "cut-off",
        "not-found",
        "web-page",
        "cut-zip",
        "changed-zip",
        "rows",
        "range",
        "column",
        "empty",
    ],
)
def test_what_is_not_right_leaves_nothing_behind(mirror, cache, answer, message):
    mirror.files["/visits/visits.zip"] = [] if answer is None else [answer]
    with pytest.raises(LabKitError, match=message) as error:
        fetch(mirror)
    assert error.value.next_step
    assert_nothing_was_left(cache)


def test_a_zip_without_the_file_names_it(mirror, cache):
    mirror.files["/visits/visits.zip"] = [archive()]
    with pytest.raises(LabKitError, match=r"holds no file 2027/visits\.csv"):
        fetch(mirror, source(members={"visits.csv": "2027/visits.csv"}))
    assert_nothing_was_left(cache)


def test_a_zip_with_damaged_contents_is_refused(mirror, cache):
    mirror.files["/visits/visits.zip"] = [damaged_archive()]
    with pytest.raises(LabKitError, match="not a complete zip archive"):
        fetch(mirror, source(members={"README.txt": "README.txt"}))
    assert_nothing_was_left(cache)


def test_a_message_about_contents_names_file_and_line_and_no_folder_that_is_gone(mirror, cache):
    mirror.files["/visits/visits.zip"] = [archive(VISITS.replace("9", "many"))]
    with pytest.raises(LabKitError) as error:
        fetch(mirror)
    assert error.value.where == "visits.csv, line 3, column pages"
    assert str(cache) not in str(error.value)


def test_a_known_checksum_is_required(mirror, cache, tmp_path):
    mirror.files["/visits/visits.zip"] = [archive()]
    (tmp_path / "same.zip").write_bytes(archive())
    with pytest.raises(LabKitError, match="not the one the kit knows"):
        fetch(mirror, source(sha256="0" * 64))
    assert_nothing_was_left(cache)
    assert fetch(mirror, source(sha256=sha256_of(tmp_path / "same.zip"))).is_dir()


def test_the_first_checksum_is_kept_and_required_later(mirror):
    mirror.files["/visits/visits.zip"] = [archive()]
    folder = fetch(mirror)
    (folder / "visits.csv").unlink()
    mirror.files["/visits/visits.zip"] = [archive(VISITS.replace("ann", "eve"))]
    with pytest.raises(LabKitError, match="not the one the kit knows") as error:
        fetch(mirror)
    assert str(checksum_file()) in error.value.next_step
    checksum_file().unlink()
    assert "eve" in (fetch(mirror) / "visits.csv").read_text(encoding="utf-8")


def test_a_download_that_fails_its_checks_leaves_no_checksum(mirror):
    mirror.files["/visits/visits.zip"] = [archive(VISITS + "cy,1\n"), archive()]
    with pytest.raises(LabKitError):
        fetch(mirror)
    assert fetch(mirror).is_dir()


@pytest.mark.parametrize("text", ["{not json", "[1, 2]"])
def test_unreadable_checksums_are_named(mirror, cache, text):
    mirror.files["/visits/visits.zip"] = [archive()]
    cache.mkdir()
    checksum_file().write_text(text, encoding="utf-8")
    with pytest.raises(LabKitError, match="sums of earlier downloads") as error:
        fetch(mirror)
    assert error.value.where == str(checksum_file())


@pytest.mark.parametrize(
    ("interruption", "raised", "message"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt, "^$"),
        (OSError(28, "No space left on device"), LabKitError, "The disk is full"),
        (PermissionError(13, "Permission denied"), LabKitError, "cannot be stored"),
    ],
)
def test_an_interruption_after_the_download_leaves_nothing_behind(
    mirror, cache, monkeypatch, interruption, raised, message
):
    def interrupt(*arguments):
        raise interruption

    mirror.files["/visits/visits.zip"] = [archive()]
    monkeypatch.setattr(download_module, "unpack", interrupt)
    with pytest.raises(raised, match=message):
        fetch(mirror)
    assert_nothing_was_left(cache)


def test_ctrl_c_during_the_download_leaves_nothing_behind(mirror, cache, monkeypatch):
    def stop(*arguments, **options):
        assert list(cache.glob(".visits-*/*"))  # the half file is there
        raise KeyboardInterrupt

    mirror.files["/visits/visits.zip"] = [archive()]
    monkeypatch.setattr("pooch.core.hash_matches", stop)
    with pytest.raises(KeyboardInterrupt):
        fetch(mirror)
    assert_nothing_was_left(cache)


@pytest.mark.parametrize("name", names()[1:])
def test_every_declaration_is_complete(name):
    declared = public_source(name)
    assert declared.name == name
    assert declared.url.startswith("https://")
    assert declared.sha256 is None or len(declared.sha256) == 64
    for spec in declared.files:
        assert spec.rows > 0
        assert set(spec.ranges) | spec.may_be_missing <= set(spec.columns)
        assert not declared.members or spec.name in declared.members
        assert "time" not in spec.columns.values() or spec.time_formats
