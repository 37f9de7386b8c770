"""Downloads against a server of our own that knows ranges, breaks off and lies."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthvis.cli.fetch import command
from synthvis.data.benchmarks.download import RemoteFile, download, unzip
from synthvis.data.dataset import find_dataset
from synthvis.errors import RealDataError

COCO = (
    '{"images":[{"id":1,"file_name":"a.jpg","width":4,"height":3}],"annotations":[],'
    '"categories":[{"id":1,"name":"person"}]}'
)


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Handler(BaseHTTPRequestHandler):
    files: dict[str, bytes]
    ranges: list[str | None]
    break_after: int | None

    def do_GET(self) -> None:
        server = self.server
        content = server.files.get(self.path)  # type: ignore[attr-defined]
        asked = self.headers.get("Range")
        server.ranges.append(asked)  # type: ignore[attr-defined]
        if content is None:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        limit = server.break_after  # type: ignore[attr-defined]
        self.wfile.write(content[start:][:limit])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.files, made.ranges, made.break_after = {}, [], None  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_a_broken_download_resumes_with_a_range(server, tmp_path: Path) -> None:
    content = bytes(range(256)) * 40
    server.files["/x.zip"], server.break_after = content, 1000
    remote = RemoteFile(url=address(server) + "/x.zip")
    with pytest.raises(RealDataError, match="cannot fetch"):
        download(remote, tmp_path)
    assert (tmp_path / "x.zip.part").stat().st_size == 1000
    server.break_after = None
    assert download(remote, tmp_path).read_bytes() == content
    assert server.ranges == [None, "bytes=1000-"]
    download(remote, tmp_path)
    assert len(server.ranges) == 2


def test_a_changed_file_is_refused(server, tmp_path: Path) -> None:
    server.files["/x.zip"] = b"abc"
    remote = RemoteFile(url=address(server) + "/x.zip")
    download(remote, tmp_path).write_bytes(b"abd")
    with pytest.raises(RealDataError, match="SHA-256"):
        download(remote, tmp_path)
    with pytest.raises(RealDataError, match="SHA-256"):
        download(RemoteFile(url=remote.url, sha256="0" * 64), tmp_path / "other")


def test_no_network_says_where_to_put_the_file(tmp_path: Path) -> None:
    with pytest.raises(RealDataError) as caught:
        download(RemoteFile(url="http://127.0.0.1:9/x.zip"), tmp_path)
    assert f"put x.zip into {tmp_path} by hand" in str(caught.value)


def test_an_absent_file_says_so(server, tmp_path: Path) -> None:
    with pytest.raises(RealDataError, match="404"):
        download(RemoteFile(url=address(server) + "/x.zip"), tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "..\\evil", "C:\\evil"])
def test_members_that_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    archive.write_bytes(zipped(**{"good": "1", name: "2"}))
    with pytest.raises(RealDataError, match="leave its folder"):
        unzip(archive, tmp_path / "out", "")
    assert not (tmp_path / "out").exists()


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    archive = tmp_path / "x.zip"
    archive.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(RealDataError, match="is damaged"):
        unzip(archive, tmp_path / "out", "")


def test_fetch_makes_a_set_that_is_found(server, tmp_path: Path) -> None:
    server.files["/zips/val2017.zip"] = zipped(**{"val2017/a.jpg": "pixels"})
    annotations = {"annotations/instances_val2017.json": COCO, "annotations/captions_val2017.json": "{}"}
    server.files["/annotations/annotations_trainval2017.zip"] = zipped(**annotations)
    done = CliRunner().invoke(command, ["coco", "--real-root", str(tmp_path), "--server", address(server)])
    assert done.exit_code == 0, done.output
    split = find_dataset("coco", tmp_path).read()
    assert split.images[0].path.read_text() == "pixels"
    assert not (tmp_path / "coco" / "annotations" / "captions_val2017.json").exists()


def test_fetch_of_a_set_without_a_server_says_what_to_do() -> None:
    done = CliRunner().invoke(command, ["fruit"])
    assert isinstance(done.exception, RealDataError)
    assert "SYNTHVIS_REAL" in str(done.exception)
