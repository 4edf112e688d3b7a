"""What a phone must fetch, and what the built files say to whom."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx

KB = 1000
FIRST_PAGE_BYTES_MAX = 120 * KB
MINI_PROGRAM_BYTES_MAX = 1000 * KB
HOSTS = {"shop.invalid", "www.w3.org", "vuejs.org", "uniapp.dcloud.net.cn"}
"""Names of standards and pages of help in messages of libraries; nothing is fetched from them."""
ADVERTISING = {"has1.dcloud.net.cn", "hac1.dcloud.net.cn"}
"""In the part of uni-h5 for its element <ad>, which no page has; the pages may not reach it anyway."""


def test_the_first_page_is_small(built: Path, phone) -> None:
    """All scripts that the home page asks for until it stands there whole."""
    asked: set[str] = set()
    phone.page.on("request", lambda request: asked.add(request.url.partition("/m/")[2]))
    phone.open()
    phone.see("查看全部商品")
    phone.settle()
    sizes = {name: _packed(built / "h5" / name) for name in asked if name.endswith(".js")}
    assert len(sizes) > 1
    assert sum(sizes.values()) <= FIRST_PAGE_BYTES_MAX, sizes


def _packed(file: Path) -> int:
    gz = file.with_name(file.name + ".gz")
    return (gz if gz.exists() else file).stat().st_size


def test_the_mini_program_fits(built: Path) -> None:
    files = [each for each in (built / "mp-weixin").rglob("*") if each.is_file()]
    size = sum(each.stat().st_size for each in files)
    assert 50 * KB < size < MINI_PROGRAM_BYTES_MAX


def test_nothing_built_speaks_to_a_stranger(built: Path) -> None:
    for file in built.rglob("*"):
        if file.suffix not in {".js", ".css", ".html", ".wxml", ".wxss", ".json"}:
            continue
        text = file.read_text()
        named = set(re.findall(r"(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text))
        named |= {_spelled(each) for each in re.findall(r"fromCharCode\(([\d, ]{20,})\)", text)}
        assert named <= HOSTS | ADVERTISING, file
        if "mp-weixin" in file.parts:
            assert not named & ADVERTISING, file
            assert "preloadAssets({" not in text, file


def _spelled(numbers: str) -> str:
    return "".join(chr(int(each)) for each in numbers.split(","))


def test_no_page_shows_advertisements(built: Path) -> None:
    for file in (built / "mp-weixin").rglob("*.wxml"):
        assert not re.search(r"<(ad|web-view|official-account)\b", file.read_text()), file


def test_the_mini_program_asks_for_nothing_it_does_not_need(built: Path) -> None:
    app = json.loads((built / "mp-weixin" / "app.json").read_text())
    assert not {"permission", "requiredPrivateInfos", "plugins"} & set(app)
