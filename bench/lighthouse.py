"""How fast and how accessible storefront and desk are on a phone: `make lighthouse`.

    .venv/bin/python bench/lighthouse.py [--runs 3] [--url http://127.0.0.1:8123]

Opens a demo shop of its own, unless one is named, and asks Lighthouse (mobile, its simulated slow
phone and network) about the home page and a product; of several runs the middle one is told. Then
about pages of the desk, signed in as an owner (own demo shop only), where accessibility counts; and
the sizes of what is fetched. Ends with 1 if anything is worse than the limits.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / each) for each in ("tests", "src", "tools")]

import browser
import httpx
import node
import storefront
from databases import open_url, start_server
from phones import FLAGS
from town import Shop, Town, town

from frontline.desk.asked import SESSION

NODE_MIN = (22, 19)
LEAST = {"performance": 95, "accessibility": 95}
LEAST_AT_DESK = {"accessibility": 95}
DESK = ("/desk", "/desk/orders", "/desk/products", "/desk/decisions", "/desk/me", "/desk/staff/new")
FIRST_PAGE_KB_MAX, MINI_PROGRAM_KB_MAX = 120, 1000


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--url")
    wish = parser.parse_args()
    try:
        node.install(ROOT / "bench", NODE_MIN)
    except node.Unbuildable as fault:
        sys.exit(f"{fault.told}\n{fault.en}\n{fault.zh}")
    with ExitStack() as held:
        if wish.url:
            shop = Shop(wish.url, httpx.Client(trust_env=False))
        else:
            folder = Path(tempfile.mkdtemp(prefix="frontline-lighthouse-"))
            folder.chmod(0o711)
            server = start_server(folder)
            held.callback(server.stop)
            shop = held.enter_context(town(open_url(server)))
        product = shop.get("/api/products/list", limit=1)["items"][0]["id"]
        poor = False
        for name, path in (("home", ""), ("product", f"pages/product/product?id={product}")):
            poor |= _told(name, [_asked(f"{shop.url}/m/{path}") for _ in range(wish.runs)], LEAST)
        if isinstance(shop, Town):
            cookie = f"{SESSION}={shop.staff()}"
            for path in DESK:
                poor |= _told_of_desk(path, _asked(f"{shop.url}{path}", cookie))
        poor |= _sizes(shop)
    return int(poor)


def _asked(url: str, cookie: str = "") -> dict:
    extra = []
    if cookie:  # The feed never ends: do not wait for a network that is idle.
        told = json.dumps({"cookie": cookie})
        extra = [f"--extra-headers={told}", "--max-wait-for-load=10000"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        flags = " ".join(["--headless=new", *(each for each in FLAGS if " " not in each)])
        done = node.run(
            ROOT / "bench",
            "node",
            "node_modules/lighthouse/cli/index.js",
            url,
            "--quiet",
            "--output=json",
            f"--output-path={out}",
            f"--only-categories={','.join(LEAST_AT_DESK if cookie else LEAST)}",
            f"--chrome-flags={flags}",
            *extra,
            node=node.folder(NODE_MIN),
            CHROME_PATH=str(browser.found()),
        )
        assert out.exists(), done.stdout
        return json.loads(out.read_text())


def _told(name: str, reports: list[dict], limits: dict[str, int]) -> bool:
    def middle(value) -> float:
        return statistics.median(value(report) for report in reports)

    scores = {
        kind: round(100 * middle(lambda one, kind=kind: one["categories"][kind]["score"] or 0))
        for kind in LEAST
    }
    timed = {
        said: middle(lambda one, audit=audit: one["audits"][audit]["numericValue"])
        for said, audit in (
            ("FCP", "first-contentful-paint"),
            ("LCP", "largest-contentful-paint"),
            ("TBT", "total-blocking-time"),
        )
    }
    shift = middle(lambda one: one["audits"]["cumulative-layout-shift"]["numericValue"])
    shown = "  ".join(f"{said} {ms:.0f} ms" for said, ms in timed.items())
    scored = "  ".join(f"{kind} {score}" for kind, score in scores.items())
    print(f"{name:16} {scored}  {shown}  CLS {shift:.3f}", flush=True)
    _blame(reports[-1])
    return any(scores[kind] < least for kind, least in limits.items())


def _told_of_desk(path: str, report: dict) -> bool:
    """Its feed keeps the network busy, so times of the desk are `bench/desk.py`'s to tell."""
    shown = report["finalDisplayedUrl"]
    assert shown.endswith(path), f"asked for {path}, was shown {shown}"
    score = round(100 * (report["categories"]["accessibility"]["score"] or 0))
    print(f"{path:16} accessibility {score}", flush=True)
    _blame(report)
    return score < LEAST_AT_DESK["accessibility"]


def _blame(report: dict) -> None:
    for one in report["audits"].values():
        if one.get("score") == 0 and one["scoreDisplayMode"] == "binary":
            print(f"         {one['id']}: {one['title']}")


def _sizes(shop: Shop) -> bool:
    named = os.environ.get("FRONTLINE_STOREFRONT")
    built = Path(named).parent if named else storefront.BUILD
    answer = shop.http.get(f"{shop.url}/m/")
    names = set(re.findall(r'/m/(assets/[^">]+\.js)', answer.text + answer.headers.get("link", "")))
    script = sum(_packed(built / "h5" / name) for name in names) / 1000
    files = [one for one in (built / "mp-weixin").rglob("*") if one.is_file()]
    mini = sum(one.stat().st_size for one in files) / 1000
    print(f"scripts of the first page  {script:.1f} kB gz (at most {FIRST_PAGE_KB_MAX})")
    print(f"mini program, main package {mini:.0f} kB (at most {MINI_PROGRAM_KB_MAX})")
    return script > FIRST_PAGE_KB_MAX or mini > MINI_PROGRAM_KB_MAX


def _packed(file: Path) -> int:
    gz = file.with_name(f"{file.name}.gz")
    return (gz if gz.exists() else file).stat().st_size


if __name__ == "__main__":
    sys.exit(main())
