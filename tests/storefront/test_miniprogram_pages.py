"""Every page of the compiled mini program: it opens, in both languages, and says only what it should."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import weixin
from miniprogram import MiniProgram
from playwright.sync_api import Response, expect
from town import Town

PAGES = Path(__file__).resolve().parents[2] / "storefront" / "src"
BYTES_MAX = 1_000_000
SHARED = {
    "games/groupbuy/pages/campaign",
    "games/groupbuy/pages/campaigns",
    "games/groupbuy/pages/team",
    "pages/home/home",
    "pages/order/order",
    "pages/pay/pay",
    "pages/product/product",
}
"""What one wants to pass on. WeChat's menu offers it only where a page says what its card is."""
OWN = {"pages/order/order", "pages/pay/pay", "pages/aftersale/case"}
"""What is refused to whoever it does not belong to."""
FOR_ALL = {"pages/home/home", "pages/product/product", "games/groupbuy/pages/campaigns"}
"""What may stand in a timeline: the same for whoever looks, and nobody's own."""
REGISTRY = re.compile(r"npmjs|npmmirror|yarnpkg|registry\.|pypi|tarball|_resolved", re.IGNORECASE)

QUERIES = {
    "games/groupbuy/pages/campaign": "id={campaign}",
    "games/groupbuy/pages/team": "id={team}",
    "pages/address/edit": "id={address}",
    "pages/aftersale/ask": "order={received}",
    "pages/aftersale/case": "id={case}",
    "pages/checkout/checkout": "sku={sku}&quantity=2",
    "pages/order/order": "id={paid}",
    "pages/pay/pay": "order={paid}",
    "pages/product/product": "id={product}",
    "pages/review/list": "product={reviewed}",
    "pages/review/write": "order={received}&line=1",
    "pages/search/search": "q=曲奇",
    "pages/share/land": "scene={scene}",
    "pages/share/poster": "kind=product&target={product}&title=黄油曲奇&picture={picture}",
    "pages/shop/page": "slug=trust",
}
AGAIN = (
    "pages/shop/page?slug=privacy",
    "pages/shop/page?slug=refund",
    "pages/order/order?id={received}",
)
KEYS = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b|\bundefined\b|\bnull\b|\bNaN\b|\[object|Invalid Date|\{\{",
    re.ASCII,  # So that a word ends where Chinese begins.
)
LATIN = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]+")
MEANT = {"zh": {"ERASE", "English"}, "en": {"中文"}}
"""Said in the other language on purpose."""

SAID = """() => [...document.querySelectorAll("#bar, #stage, #tabs")].flatMap((part) => [
  part.innerText,
  ...[...part.querySelectorAll("[aria-label], [placeholder], [alt]")].filter((one) => one.offsetParent)
    .flatMap((one) => ["aria-label", "placeholder", "alt"].map((name) => one.getAttribute(name) ?? "")),
]).join("\\n")"""


@pytest.fixture(scope="module")
def known(town: Town) -> dict[str, str]:
    """Somebody of whom every page has something to show; `nickname` is who that is."""
    nickname = "老顾客小严"
    code = town.simulator("/simulator/login", nickname=nickname)["code"]
    member = weixin.Person(town, town.post("/api/login/wechat", code=code)["token"])
    address = member.lives()
    product = weixin.product(town, "黄油曲奇")
    sku = product["skus"][0]["id"]
    paid, received, returned = (member.buys(sku) for _ in range(3))
    member.buys(sku, pays=False)
    staff = town.staff()
    for order_id in (received, returned):
        parcel = {"id": str(uuid4()), "carrier": "顺丰速运", "tracking": "1234567890"}
        town.post("/api/staff/orders/ship", staff, order_id=order_id, **parcel)
        wish = {"id": str(uuid4()), "order_id": order_id}
        town.post("/api/orders/receive", member.token, **wish)
    case = _asks(town, member, returned)
    campaign = weixin.campaign(town, "四味铁盒 2 人拼")
    seat = {"campaign_id": campaign["id"], "sku_id": campaign["items"][0]["sku_id"]}
    opened = town.post(
        "/api/games/groupbuy/teams/open",
        member.token,
        id=str(uuid4()),
        quantity=1,
        address_id=address,
        **seat,
    )
    member.pays(str(opened["order_id"]))
    share = {"visitor": str(uuid4()), "kind": "product", "channel": "friend"}
    made = town.post("/api/share/make", member.token, target=product["id"], **share)
    reviewed = town.rows("SELECT product_id FROM review LIMIT 1")
    return {
        "nickname": nickname,
        "address": address,
        "campaign": campaign["id"],
        "case": case,
        "paid": paid,
        "picture": product["pictures"][0]["src"],
        "product": product["id"],
        "received": received,
        "reviewed": str(reviewed[0]["product_id"]),
        "scene": made["code"],
        "sku": sku,
        "team": str(member.seat()["team_id"]),
    }


def test_the_pages_are_those_that_were_written(built: Path) -> None:
    """`app.json` names what stands in the folders, and each of it once."""
    app = json.loads((built / "mp-weixin" / "app.json").read_text())
    generated = [one["path"] for one in json.loads((PAGES / "pages.json").read_text())["pages"]]
    files = [each.relative_to(PAGES).with_suffix("").as_posix() for each in PAGES.rglob("*.vue")]
    written = [each for each in files if re.fullmatch(r"(pages/\w+|games/\w+/pages)/\w+", each)]
    assert app["pages"] == generated
    assert sorted(app["pages"]) == sorted(written)
    assert not app.get("subPackages")  # All of it is the main package.


def test_the_main_package_is_small(built: Path) -> None:
    files = [each for each in (built / "mp-weixin").rglob("*") if each.is_file()]
    sizes = sorted(((each.stat().st_size, each.name) for each in files), reverse=True)
    size = sum(one for one, _ in sizes)
    print(f"main package: {size / 1000:.0f} kB in {len(files)} files; the largest: {sizes[:3]}")
    assert size < BYTES_MAX


def test_no_page_dresses_its_parts_by_chance(built: Path) -> None:
    """In WeChat the styles of a page reach into its components, on the web they do not: so that
    both look the same, no class is named twice. The application's own are meant for all."""
    home = built / "mp-weixin"

    def used(name: str) -> Iterator[str]:
        for at in (
            json.loads((home / f"{name}.json").read_text()).get("usingComponents", {}).values()
        ):
            part = os.path.normpath(
                at.lstrip("/") if at[0] == "/" else f"{os.path.dirname(name)}/{at}"
            )
            yield part
            yield from used(part)

    def classes(name: str) -> set[str]:
        """What it names by itself, not as a part of something of its own."""
        file = home / f"{name}.wxss"
        rules = re.findall(r"([^{}]+)\{", file.read_text() if file.exists() else "")
        named = [one.strip() for rule in rules for one in rule.split(",")]
        return {one.split(".")[1] for one in named if re.fullmatch(r"\.[\w.-]+", one)}

    common = classes("app")
    for page in json.loads((home / "app.json").read_text())["pages"]:
        for part in set(used(page)):
            assert not (classes(page) & classes(part)) - common, (page, part)


def test_the_package_tells_nothing_of_its_making(built: Path) -> None:
    """No address of a registry, no path of the machine that it was built on, no map."""
    for file in (built / "mp-weixin").rglob("*"):
        if not file.is_file():
            continue
        assert file.suffix != ".map", file
        if file.suffix in {".js", ".json", ".wxml", ".wxss"}:
            text = file.read_text()
            assert not REGISTRY.search(text), file
            assert str(PAGES.parents[1]) not in text, file
            assert "node_modules" not in text, file


@pytest.mark.parametrize("who", ["somebody known", "somebody new"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page(
    miniprograms_of: Callable[..., MiniProgram],
    town: Town,
    built: Path,
    known: dict[str, str],
    language: str,
    who: str,
) -> None:
    """For whoever is new, lists are empty, and what is somebody else's is refused in words."""
    pages = json.loads((built / "mp-weixin" / "app.json").read_text())["pages"]
    paths = [f"{page}?{QUERIES.get(page, '')}".rstrip("?") for page in pages] + list(AGAIN)
    screen = miniprograms_of(town)
    screen.language_of_wechat = "zh_CN" if language == "zh" else "en"
    if who == "somebody known":
        screen.sign_in(known["nickname"])
    else:
        paths = [one for one in paths if "?" not in one or one.partition("?")[0] in OWN]
        screen.nickname = f"新客小金 {language}"
    heard: list[Response] = []
    screen.page.on("response", lambda one: heard.append(one) if "/api/" in one.url else None)
    data: set[str] = set()
    faults: list[str] = []
    shared, timeline = set(), set()
    screen.open("pages/home/home")
    for path in paths:
        before = len(screen.judged())
        screen.page.evaluate("path => mp.open(path, Infinity)", path.format(**known))
        screen.settle()
        expect(screen.page.locator(".state-dots")).to_have_count(0)
        for one in heard:
            if one.headers.get("content-type", "").startswith("application/json"):
                data |= set(_texts(one.json()))
        heard.clear()
        faults += [f"{path}: {one}" for one in screen.judged()[before:]]
        faults += [f"{path}: {one}" for one in _wrong(screen.page.evaluate(SAID), data, language)]
        hooks = screen.page.evaluate(
            "['onShareAppMessage', 'onShareTimeline'].map((name) => name in mp.top().page)"
        )
        shared |= {screen.path} if hooks[0] else set()
        timeline |= {screen.path} if hooks[1] else set()
        if hooks[0] and (who == "somebody known" or screen.path not in OWN):
            try:
                card = screen.card()
                weixin.scene_of(card)
                weixin.shown(town, card)
            except AssertionError as fault:
                faults.append(f"{path}: the card {fault}")
    wanted = SHARED & {one.partition("?")[0] for one in paths}
    faults += [f"{each}: to be shared, or not" for each in sorted(wanted ^ shared)]
    assert not faults, "\n".join(faults)
    assert timeline <= FOR_ALL


def _texts(answer: Any) -> Iterator[str]:
    """What is said in an answer; states and kinds are no words for people."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list):
        for one in answer:
            yield from _texts(one)
    elif isinstance(answer, str) and not re.fullmatch("[a-z_]+", answer):
        yield answer


def _wrong(said: str, data: set[str], language: str) -> list[str]:
    """What stands on the screen and should not: keys, and words of the other language.

    What the shop's people wrote (names of goods, addresses) is as they wrote it.
    """
    strange = (LATIN if language == "zh" else HAN).findall(said)
    written = "\n".join(data)
    theirs = [one for one in strange if one not in written and one not in MEANT[language]]
    return [f"key {one!r}" for one in KEYS.findall(said)] + [f"says {one!r}" for one in theirs]


def _asks(town: Town, member: weixin.Person, order_id: str) -> str:
    wish: dict[str, Any] = {"kind": "refund_only", "reason": "damaged", "note": ""}
    lines = [{"number": 1, "quantity": 1}]
    asked = town.post(
        "/api/aftersale/ask",
        member.token,
        id=str(uuid4()),
        order_id=order_id,
        lines=lines,
        **wish,
    )
    return str(asked["case_id"])
