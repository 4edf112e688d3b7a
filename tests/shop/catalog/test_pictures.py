"""Pictures: taken in from strangers' files, made anew, kept whole or not at all, served for ever."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.datastructures import State
from PIL import Image
from shopping import house, run

from frontline.shop.catalog import pictures
from frontline.shop.catalog.pictures import PictureRefusal, Refused, keep, made_anew
from frontline.web.session import Role


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (2000, 1000), mode: str = "RGB", **saved: Any
) -> bytes:
    image = Image.new(mode, size, 90 if mode == "L" else None)  # type: ignore[arg-type]
    content = BytesIO()
    image.save(content, kind, **saved)
    return content.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def refused(data: bytes) -> PictureRefusal:
    with pytest.raises(Refused) as caught:
        made_anew(data)
    return caught.value.refusal  # type: ignore[return-value]


# -- Made anew --------------------------------------------------------------------------------


def test_three_sizes_in_webp() -> None:
    made = made_anew(photo())
    assert [opened(one).size for one in made.values()] == [(200, 100), (800, 400), (1600, 800)]
    assert {opened(one).format for one in made.values()} == {"WEBP"}


def test_a_small_one_is_not_made_larger() -> None:
    assert {opened(one).size for one in made_anew(photo(size=(30, 40))).values()} == {(30, 40)}


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"), ("PNG", "LA"),
     ("GIF", "P"), ("WEBP", "RGBA"), ("BMP", "RGB")],
)  # fmt: skip
def test_every_kind_of_picture_is_taken(kind: str, mode: str) -> None:
    made = made_anew(photo(kind, (300, 300), mode))
    assert opened(made[200]).size == (200, 200)


def test_what_is_clear_stays_clear() -> None:
    content = BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(content, "PNG")
    pixel = opened(made_anew(content.getvalue())[200]).convert("RGBA").getpixel((5, 5))
    assert pixel[3] == 0  # type: ignore[index]


def test_the_place_and_the_camera_are_taken_out_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by 90 degrees.
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    made = made_anew(photo(size=(200, 100), exif=exif, icc_profile=b"profile"))
    for one in made.values():
        assert opened(one).size == (100, 200)
        assert not opened(one).getexif()
        assert b"EXIF" not in one
        assert b"ICCP" not in one
        assert b"a camera" not in one


def test_only_the_first_frame_is_kept() -> None:
    content = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    assert getattr(opened(made_anew(content.getvalue())[200]), "n_frames", 1) == 1


# -- Refused ------------------------------------------------------------------------------------


def _png(width: int, height: int) -> bytes:
    """A PNG that says it is so large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b""))
    )


@pytest.mark.parametrize(
    "data",
    [
        b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", photo()[:-200],
        photo("PNG")[:60], b"<html>", photo("TIFF", (10, 10)), photo("PDF", (10, 10)),
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    assert refused(data) is PictureRefusal.NOT_A_PICTURE


@pytest.mark.parametrize("size", [(6400, 6300), (60_000, 60_000), (2**31 - 1, 1), (10, 16_001)])
def test_a_bomb_is_told_by_its_header(size: tuple[int, int]) -> None:
    assert refused(_png(*size)) is PictureRefusal.TOO_MANY_PIXELS


def test_too_many_bytes_are_refused() -> None:
    assert refused(photo() + b"\0" * pictures.UPLOAD_BYTES_MAX) is PictureRefusal.TOO_MANY_BYTES


WHOLE = photo("PNG", (8, 8))


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_no_broken_file_is_a_bug(at: int, byte: int, length: int) -> None:
    try:
        made_anew((WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :])[: max(length, at)])
    except Refused as refusal:
        assert refusal.refusal in PictureRefusal


# -- Kept -----------------------------------------------------------------------------------------


def test_kept_under_the_name_of_its_content(tmp_path: Path) -> None:
    first, again, other = (keep(data, tmp_path) for data in (photo(), photo(), photo(mode="L")))
    assert first == again != other
    assert sorted(os.listdir(tmp_path)) == sorted(
        Path(src).name for kept in (first, other) for src in (kept.src, kept.small, kept.large)
    )


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_when_the_disk_is_full_nothing_is_half_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full) if call == "fsync" else monkeypatch.setattr(
        Path, "replace", full
    )
    with pytest.raises(Refused) as caught:
        keep(photo(size=(10, 10)), tmp_path)
    assert caught.value.refusal is PictureRefusal.NO_ROOM
    assert not os.listdir(tmp_path)


def test_it_is_on_the_disk_before_it_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def heard(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", heard)
    keep(photo(size=(10, 10)), tmp_path)
    assert len(synced) == 4
    assert synced[-1] == str(tmp_path)  # Their names as well, when all have them.


# -- Doors ----------------------------------------------------------------------------------------


class Desk:
    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.http = http
        self.tokens = tokens

    async def upload(self, data: bytes, who: str = "staff", **headers: str) -> httpx.Response:
        if who:
            headers["authorization"] = f"Bearer {self.tokens[who]}"
        return await self.http.post(
            "/api/staff/pictures/put", files={"file": ("a.png", data)}, headers=headers
        )


@asynccontextmanager
async def desk(url: str) -> AsyncIterator[Desk]:
    async with house(url) as shop:
        app = Litestar(pictures.ROUTES, state=State({"opened": shop.opened}), openapi_config=None)
        tokens = {role.value: await shop.token(role) for role in Role}
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
            yield Desk(http, tokens)


def tell(url: str, story: Any) -> None:
    async def told() -> None:
        async with desk(url) as at:
            await story(at)

    run(told())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path))
    return tmp_path / "pictures"


def test_uploaded_and_served_for_ever(database: str, home: Path) -> None:
    async def story(at: Desk) -> None:
        answer = await at.upload(photo())
        assert answer.status_code == 200
        kept = answer.json()
        assert len(os.listdir(home)) == 3
        for src, width in ((kept["small"], 200), (kept["src"], 800), (kept["large"], 1600)):
            served = await at.http.get(src)
            assert opened(served.content).size[0] == width
            assert served.headers["content-type"] == "image/webp"
            assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert served.headers["x-content-type-options"] == "nosniff"
            again = await at.http.get(src, headers={"if-none-match": served.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")

    tell(database, story)


@pytest.mark.parametrize(
    "name",
    ["../secret", "..%2Fsecret", "%2e%2e%2fsecret", "/etc/passwd", "a.webp", ".x", "secret",
     f"{'0' * 32}-800.webp", f"{'0' * 32}-800.webp%00", f"{'0' * 32}-800.webp%0a"],
)  # fmt: skip
def test_nothing_else_is_served(database: str, home: Path, name: str) -> None:
    home.mkdir()
    for secret in (home / "secret", home.parent / "secret"):
        secret.write_text("secret")

    async def story(at: Desk) -> None:
        answer = await at.http.get(f"/pictures/{name}")
        assert answer.status_code == 404
        assert b"secret" not in answer.content

    tell(database, story)


def test_who_may_upload(database: str) -> None:
    async def story(at: Desk) -> None:
        data = photo(size=(10, 10))
        assert (await at.upload(data, "")).status_code == 401
        assert (await at.upload(data, "member")).status_code == 403
        assert (await at.upload(data, "owner")).status_code == 200
        elsewhere = await at.upload(data, "staff", **{"frontline-shop": "2"})
        assert elsewhere.json()["refusal"] == "wrong_shop"

    tell(database, story)


def test_refusals_are_told_in_both_languages(database: str, home: Path) -> None:
    async def story(at: Desk) -> None:
        for data, status, refusal in (
            (b"x", 400, "not_a_picture"),
            (_png(60_000, 60_000), 413, "too_many_pixels"),
            (b"x" * (pictures.UPLOAD_BYTES_MAX + 1), 413, "too_many_bytes"),
            (b"x" * (pictures.UPLOAD_BYTES_MAX + 200_000), 413, "too_many_bytes"),
        ):
            for language in ("zh", "en"):
                answer = await at.upload(data, **{"accept-language": language})
                assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)
                assert answer.json()["text"].isascii() == (language == "en")
        nothing = await at.http.post(
            "/api/staff/pictures/put",
            content=b"--x\r\nnonsense",
            headers={
                "authorization": f"Bearer {at.tokens['staff']}",
                "content-type": "multipart/form-data; boundary=x",
            },
        )
        assert (nothing.status_code, nothing.json()["refusal"]) == (400, "not_a_picture")
        assert not home.exists()

    tell(database, story)
