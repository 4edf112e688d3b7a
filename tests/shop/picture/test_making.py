"""Pictures made anew out of strangers' files."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from shop.picture.drawing import bomb, opened, photo

from frontline.shop.picture.making import Made, NotMade, made_anew
from frontline.shop.picture.messages import Refusal


def sizes(made: Made) -> list[tuple[int, int]]:
    found = [opened(one).size for one in (made.large, made.middle, made.small)]
    assert found[0] == (made.width, made.height)
    return found


def refused(data: bytes) -> Refusal:
    with pytest.raises(NotMade) as caught:
        made_anew(data)
    return caught.value.refusal


def test_the_example_of_the_readme() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Held upright: turned by 90 degrees.
    upright = made_anew(photo(size=(4000, 3000), exif=exif))
    assert sizes(upright) == [(1200, 1600), (600, 800), (300, 400)]
    assert sizes(made_anew(photo(size=(1800, 9000)))) == [(1600, 8000), (800, 4000), (400, 2000)]
    assert sizes(made_anew(photo(size=(300, 200)))) == [(300, 200)] * 3


def test_all_is_webp_under_the_name_of_its_content() -> None:
    first, again, other = (made_anew(one) for one in (photo(), photo(), photo(mode="L")))
    assert {opened(one).format for one in (first.large, first.middle, first.small)} == {"WEBP"}
    assert first == again
    assert first.hash != other.hash
    assert len(first.hash) == 32


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"), ("PNG", "LA"),
     ("GIF", "P"), ("WEBP", "RGBA"), ("BMP", "RGB")],
)  # fmt: skip
def test_every_kind_of_picture_is_taken(kind: str, mode: str) -> None:
    assert sizes(made_anew(photo(kind, (500, 500), mode)))[2] == (400, 400)


def test_what_is_clear_stays_clear() -> None:
    content = BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(content, "PNG")
    pixel = opened(made_anew(content.getvalue()).small).convert("RGBA").getpixel((5, 5))
    assert pixel[3] == 0  # type: ignore[index]


def test_the_place_and_the_camera_are_taken_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    told = {"comment": b"a comment", "xmp": b"<x>a place</x>", "icc_profile": b"profile"}
    made = made_anew(photo(exif=exif, **told))
    for one in (made.large, made.middle, made.small):
        assert not opened(one).getexif()
        marks = (b"EXIF", b"ICCP", b"XMP", b"a camera", b"comment", b"a place")
        assert not [mark for mark in marks if mark in one]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_only_the_first_frame_is_kept(kind: str) -> None:
    content = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(content, kind, save_all=True, append_images=frames[1:])
    made = opened(made_anew(content.getvalue()).large)
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((9, 9))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", photo()[:-200],
        photo("PNG")[:60], b"<html>", photo("TIFF", (10, 10)), photo("PDF", (10, 10)),
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    assert refused(data) is Refusal.NOT_A_PICTURE


@pytest.mark.parametrize("size", [(6400, 6300), (60_000, 60_000), (2**31 - 1, 1), (10, 16_001)])
def test_a_bomb_is_told_by_its_header(size: tuple[int, int]) -> None:
    assert refused(bomb(*size)) is Refusal.TOO_MANY_PIXELS


WHOLE = photo("PNG", (8, 8))


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_no_broken_file_is_a_bug(at: int, byte: int, length: int) -> None:
    try:
        made_anew((WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :])[: max(length, at)])
    except NotMade as no:
        assert no.refusal in Refusal
