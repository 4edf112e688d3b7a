"""Pictures of the storefront, to look at: every path in each language and width.

    .venv/bin/python tests/storefront/look.py --out /tmp/seen pages/home/home "pages/product/product?id={product}"
        [--url http://127.0.0.1:8123]    a shop that runs (`frontline serve`); else a demo shop of its own
        [--as 13800000001]               signed in with this phone
        [--lang zh,en] [--width 390,1280] [--mini] [--fold]

{product} stands for the first product's id. `--mini` shows the compiled mini program (own shop only), `--fold` only what is seen without scrolling. What went wrong on a page is printed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / each) for each in ("tests", "src", "tools")]

import httpx
import node
import phones
import storefront
from databases import open_url, start_server
from miniprogram import MiniProgram
from phones import AS_PHONE, Phone
from town import Shop, town


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--url")
    parser.add_argument("--as", dest="number")
    parser.add_argument("--lang", default="zh,en")
    parser.add_argument("--width", default="390,1280")
    parser.add_argument("--out", type=Path, default=Path("/tmp/seen"))
    parser.add_argument("--mini", action="store_true")
    parser.add_argument("--fold", action="store_true")
    wish = parser.parse_args()
    with _shop(wish.url) as shop, phones.browser() as browser:
        for width in map(int, wish.width.split(",")):
            for language in wish.lang.split(","):
                settings = AS_PHONE if width < 700 else {}
                context = browser.new_context(
                    **(settings | {"viewport": {"width": width, "height": 844}}),
                    locale={"zh": "zh-CN", "en": "en-US"}[language],
                )
                for path in wish.paths:
                    _look(context, shop, wish, path, language, width)
                context.close()


def _look(context, shop: Shop, wish, path: str, language: str, width: int) -> None:
    if wish.mini:
        packed = Path(tempfile.mkdtemp()) / "mp.html"
        mini = storefront.BUILD / "mp-weixin"
        done = node.run(storefront.TESTS, "node", "miniprogram/pack.cjs", mini, packed)
        assert done.returncode == 0, done.stdout
        phone = MiniProgram(context.new_page(), shop, packed=packed.read_text())
        phone.language_of_wechat = {"zh": "zh_CN", "en": "en"}[language]
        phone.prepare()
    else:
        phone = Phone(context.new_page(), shop)
    phone.watch()
    phone.page.set_default_timeout(20_000)
    if wish.number:
        phone.sign_in(wish.number)
    if "{product}" in path:
        path = path.replace("{product}", shop.get("/api/products/list", limit=1)["items"][0]["id"])
    phone.open(path)
    phone.settle()
    phone.page.wait_for_timeout(300)
    name = re.sub(r"[^\w-]+", "_", path)[:60]
    at = wish.out / f"{name}-{language}-{width}{'-mini' if wish.mini else ''}.png"
    at.parent.mkdir(parents=True, exist_ok=True)
    phone.page.screenshot(path=at, full_page=not wish.fold)
    print(at, *phone.judged(), sep="\n    ")
    phone.page.close()


@contextmanager
def _shop(url: str | None) -> Iterator[Shop]:
    if url:
        yield Shop(url, httpx.Client(timeout=30, trust_env=False))
        return
    if "FRONTLINE_STOREFRONT" not in os.environ:
        storefront.make("h5", "mp-weixin")
    folder = Path(tempfile.mkdtemp(prefix="frontline-test-"))
    folder.chmod(0o711)
    server = start_server(folder)
    try:
        with town(open_url(server)) as opened:
            yield opened
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
