"""Pictures of the desk, to look at: every path in each language, width and theme.

    .venv/bin/python tests/desk/look.py --out /tmp/seen /desk "/desk/orders?state=to_ship"
        [--as owner|staff] [--lang zh,en] [--width 390,1280] [--theme light,dark] [--fold]
        [--tap TEXT ...]   tapped one after the other before the picture is taken

Opens a demo shop of its own. What went wrong on a page is printed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / each) for each in ("tests", "src", "tools")]

import desk as desk_files
import phones
from databases import open_url, start_server
from desks import Desk
from phones import AS_PHONE
from town import town


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--as", dest="role", default="owner")
    parser.add_argument("--lang", default="zh,en")
    parser.add_argument("--width", default="390,1280")
    parser.add_argument("--theme", default="light")
    parser.add_argument("--out", type=Path, default=Path("/tmp/seen"))
    parser.add_argument("--tap", action="append", default=[])
    parser.add_argument("--fold", action="store_true")
    wish = parser.parse_args()
    desk_files.make()
    folder = Path(tempfile.mkdtemp(prefix="frontline-test-"))
    folder.chmod(0o711)
    server = start_server(folder)
    try:
        with town(open_url(server)) as shop, phones.browser() as browser:
            for width in map(int, wish.width.split(",")):
                for language in wish.lang.split(","):
                    for theme in wish.theme.split(","):
                        context = browser.new_context(
                            **(
                                (AS_PHONE if width < 700 else {})
                                | {"viewport": {"width": width, "height": 844}}
                            ),
                            locale={"zh": "zh-CN", "en": "en-US"}[language],
                            timezone_id="Asia/Shanghai",
                        )
                        context.set_default_timeout(15_000)
                        for path in wish.paths:
                            _look(context, shop, wish, path, language, width, theme)
                        context.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _look(context, shop, wish, path: str, language: str, width: int, theme: str) -> None:
    desk = Desk(context.new_page(), shop, language=language)
    desk.watch()
    if wish.role != "nobody":
        desk.sign_in(wish.role)
    desk.darken(theme)
    desk.open(path)
    desk.settle()
    for each in wish.tap:
        desk.tap(each)
        desk.settle()
    desk.page.wait_for_timeout(300)
    name = re.sub(r"[^\w-]+", "_", path)[:60]
    at = wish.out / f"{name}-{language}-{width}-{theme}.png"
    at.parent.mkdir(parents=True, exist_ok=True)
    desk.page.screenshot(path=at, full_page=not wish.fold)
    problems = [
        *desk.judged(),
        *desk.barriers(),
        *(["stands out on the right"] if desk.wide() else []),
    ]
    print(at, *problems, sep="\n    ")
    desk.page.close()


if __name__ == "__main__":
    main()
