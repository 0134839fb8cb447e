"""The rest of a run's record: images, charts and files."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from runtide.core.events import ChartLogged, FileUploaded, ImageLogged
from tests.system import System, running_system

CONTENT = bytes(range(256)) * 10
SHA = hashlib.sha256(CONTENT).hexdigest()


def image(name: str, path: str, **more: Any) -> ImageLogged:
    return ImageLogged(
        name=name, path=path, sha256=SHA, size_bytes=9, media_type="image/png", ts_us=5, **more
    )


def test_images_come_in_pages_in_order_of_logging(system: System) -> None:
    system.start_run("r", image("z", "1.png", step=3, width=4, height=5, description="d"))
    system.append("r", image("a", "2.png"), image("z", "3.png"))

    first = system.get("/runs/r/images?limit=2")
    second = system.get("/runs/r/images", params={"limit": 2, "cursor": first["next_cursor"]})

    assert first["items"][0] == {
        "name": "z",
        "path": "1.png",
        "step": 3,
        "ts_us": 5,
        "media_type": "image/png",
        "width": 4,
        "height": 5,
        "size_bytes": 9,
        "description": "d",
    }
    assert [i["path"] for i in first["items"] + second["items"]] == ["1.png", "2.png", "3.png"]
    assert second["next_cursor"] is None
    assert [i["path"] for i in system.get("/runs/r/images?name=z")["items"]] == ["1.png", "3.png"]


def test_charts_are_listed_with_their_schema(system: System) -> None:
    chart = ChartLogged(
        name="c",
        schema_type="residuals",
        schema_version="1.0.0",
        path="c.json",
        sha256=SHA,
        size_bytes=2,
        ts_us=4,
    )
    system.start_run("r", chart)

    assert system.get("/runs/r/charts")["items"] == [
        {
            "name": "c",
            "schema_type": "residuals",
            "schema_version": "1.0.0",
            "path": "c.json",
            "step": None,
            "ts_us": 4,
        }
    ]


def upload(
    system: System,
    path: str,
    media_type: str = "application/octet-stream",
    *,
    content: bytes = CONTENT,
) -> None:
    blob = system.artifacts.save(BytesIO(content))
    event = FileUploaded(
        path=path, sha256=blob.sha256, size_bytes=blob.size_bytes, media_type=media_type, ts_us=1
    )
    system.start_run("r", event)
    system.fold_all()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system for everybody who asks for the bytes of one file."""
    with running_system(tmp_path_factory.mktemp("stored")) as system:
        yield system


def test_files_are_listed_by_path_in_pages(system: System) -> None:
    for path in ("outputs/b", "outputs/a", "logs/c"):
        system.append("r", FileUploaded(path=path, sha256=SHA, size_bytes=1, ts_us=1))

    first = system.get("/runs/r/files?limit=2")
    second = system.get("/runs/r/files", params={"limit": 2, "cursor": first["next_cursor"]})

    assert [f["path"] for f in first["items"]] == ["logs/c", "outputs/a"]
    assert [f["path"] for f in second["items"]] == ["outputs/b"]
    assert len(system.get("/runs/r/files?prefix=outputs/")["items"]) == 2


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        (None, 200, slice(None)),
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=2550-", 206, slice(2550, None)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=10-99999", 206, slice(10, None)),
        ("bytes=-99999", 206, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=9-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
    ],
)
def test_ranges_of_a_file_are_its_bytes(
    stored: System, header: str | None, status: int, part: slice
) -> None:
    upload(stored, "outputs/model.bin")

    headers = {} if header is None else {"range": header}
    answer = stored.client.get("/api/v1/runs/r/files/outputs/model.bin", headers=headers)

    assert (answer.status_code, answer.content) == (status, CONTENT[part])
    if status == 206:
        start, end, _ = part.indices(len(CONTENT))
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("header", ["bytes=2560-", "bytes=-0", "bytes=99999-100000"])
def test_a_range_behind_the_end_cannot_be_satisfied(stored: System, header: str) -> None:
    upload(stored, "f")

    answer = stored.client.get("/api/v1/runs/r/files/f", headers={"range": header})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */2560"


def test_beginning_of_an_empty_file_is_all_of_it(stored: System) -> None:
    """Whoever looks into a file asks for its first bytes, and does not know how many there are."""
    upload(stored, "empty", content=b"")

    answer = stored.client.get("/api/v1/runs/r/files/empty", headers={"range": "bytes=0-99"})

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_file_that_is_known_is_not_sent_again(stored: System) -> None:
    upload(stored, "f")
    etag = stored.client.get("/api/v1/runs/r/files/f").headers["etag"]

    again = stored.client.get("/api/v1/runs/r/files/f", headers={"if-none-match": f'"x", {etag}'})
    other = stored.client.get("/api/v1/runs/r/files/f", headers={"if-none-match": '"x"'})
    changed = {"range": "bytes=0-1", "if-range": '"other"'}

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200
    assert stored.client.get("/api/v1/runs/r/files/f", headers=changed).status_code == 200


def test_a_head_request_has_the_headers_alone(stored: System) -> None:
    upload(stored, "f", "text/plain")

    answer = stored.client.head("/api/v1/runs/r/files/f")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("media_type", "way", "sent"),
    [
        ("image/png", "inline", "image/png"),
        ("text/html", "attachment", "text/html; charset=utf-8"),
        ("image/svg+xml", "attachment", "image/svg+xml"),
        ("x/y\r\nset-cookie: a=b", "attachment", "application/octet-stream"),
        ("", "attachment", "application/octet-stream"),
    ],
)
def test_no_file_can_act_in_the_page(stored: System, media_type: str, way: str, sent: str) -> None:
    """Whoever may write a run must not be able to run a script in the page of who reads it."""
    upload(stored, 'a/"ü\n.x', media_type)

    answer = stored.client.get('/api/v1/runs/r/files/a/"ü%0A.x')

    assert answer.headers["content-type"] == sent
    assert answer.headers["content-disposition"] == f"{way}; filename*=UTF-8''%22%C3%BC%0A.x"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_the_latest_of_one_path_is_the_file(stored: System) -> None:
    stored.start_run("r", image("i", "p.png"))
    upload(stored, "p.png", "image/png")

    assert stored.client.get("/api/v1/runs/r/files/p.png").content == CONTENT


@pytest.mark.parametrize(
    ("path", "status"),
    [("nope", 404), ("%2e%2e/x", 400), ("a/%2e%2e/b", 400), ("%00", 400), ("a%ff", 400)],
)
def test_no_path_leads_out_of_a_run(stored: System, path: str, status: int) -> None:
    upload(stored, "f")

    answer = stored.client.get(f"/api/v1/runs/r/files/{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_whose_bytes_never_came_is_a_problem(system: System) -> None:
    system.start_run("r", FileUploaded(path="f", sha256="c" * 64, size_bytes=1, ts_us=1))
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/files/f")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
