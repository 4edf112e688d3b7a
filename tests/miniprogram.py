"""The compiled mini program in a browser, on WeChat's own component framework.

Real pages, taps and answers of the shop; `wx.login` and `wx.requestPayment` go to the simulated
WeChat. What only a phone has (the share sheet, the camera, the address wheel) a test does itself.
It does not prove that a phone draws the same: see docs/decisions/0011.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import phones
from phones import Phone
from playwright.sync_api import Browser, Locator, Page
from town import Town

PAGE = "/miniprogram.html"


@dataclass
class MiniProgram(Phone):
    """WeChat on one person's phone. Like `Phone`, but pages are opened by WeChat."""

    nickname: str = "小满"
    """The same nickname is the same person to WeChat."""
    pays: bool = True
    """What this person does when the payment sheet opens; False closes it."""
    pictures: list[bytes] = field(default_factory=list)
    """What is chosen when pictures are asked for: PNG or JPEG files."""
    language_of_wechat: str = "zh_CN"
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """What the program asked of the phone or of WeChat: ("copy", {"data": ...})."""
    packed: str = field(default="", repr=False)

    def open(self, path: str = "", scene: int = 1001) -> None:
        """Start the program, as from a card, a code or the list: `open("pages/x/y?id=1")`."""
        page, _, search = (path or "pages/home/home").partition("?")
        self._entry = {"path": page, "query": dict(parse_qsl(search)), "scene": scene}
        self.page.goto(self.town.url + PAGE)

    def go(self, path: str) -> None:
        """Another page of the program that runs, as `wx.navigateTo` does."""
        self.page.evaluate("path => mp.open(path)", path)

    def back(self) -> None:
        self.page.evaluate("mp.close(1)")

    @property
    def path(self) -> str:
        """The page on top."""
        return self.page.evaluate("mp.top().path")

    def pick(self, at: Locator, value: Any) -> None:
        """Turn a picker's wheel to this value; of several wheels each tells that it was turned."""
        for column, each in enumerate(value if isinstance(value, list) else []):
            turned = {"column": column, "value": each}
            at.evaluate("(element, turned) => mp.tell(element, 'columnchange', turned)", turned)
        at.evaluate("(element, value) => mp.tell(element, 'change', {value})", value)

    def shared(self) -> dict[str, Any]:
        """The card that the last press of a share button made: title, path, imageUrl."""
        self.page.wait_for_function("mp.shared.length > 0")
        return self.page.evaluate("mp.shared.at(-1)")

    def card(self) -> dict[str, Any]:
        """The card of WeChat's own menu for this page."""
        return self.page.evaluate("mp.share()")

    def sign_in(self, number: str = "") -> str:
        """Be known already: as if this person had used the program before. Gives the token."""
        code = self.town.simulator("/simulator/login", nickname=number or self.nickname)["code"]
        token = self.town.post("/api/login/wechat", code=code)["token"]
        self.nickname = number or self.nickname
        self.keep("mp:token", json.dumps(token))
        return token

    def prepare(self) -> None:
        page = self.page
        page.route(
            "**" + PAGE,
            lambda route: route.fulfill(body=self._document(), content_type="text/html"),
        )
        page.expose_function("theWorld", self._world)

    def _document(self) -> str:
        begin = f"window.MP.entry = {json.dumps(self._entry)}; window.MP.language = {json.dumps(self.language_of_wechat)}"
        marker = "<script>// WeChat's own elements"
        assert marker in self.packed
        return self.packed.replace(marker, f"<script>{begin}</script>{marker}", 1)

    def _world(self, what: str, wish: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((what, wish))
        if what == "login":
            return {"code": self.town.simulator("/simulator/login", nickname=self.nickname)["code"]}
        if what == "pay":
            return self._pay(wish)
        if what == "choose":
            urls = [phones.data_url(each) for each in self.pictures]
            if not urls:
                return {"fail": "chooseImage:fail cancel"}
            files = [{"tempFilePath": url, "path": url, "size": len(url)} for url in urls]
            return {"tempFilePaths": urls, "tempFiles": files}
        return {}

    def _pay(self, wish: dict[str, Any]) -> dict[str, Any]:
        if not self.pays:
            return {"fail": "requestPayment:fail cancel"}
        names = ("timeStamp", "nonceStr", "package", "signType", "paySign")
        body = {"request_payment": {name: wish[name] for name in names}}
        answer = self.town.http.post(self.town.simulator_url + "/simulator/pay", json=body)
        if answer.status_code != httpx.codes.OK:
            return {"fail": f"requestPayment:fail {answer.text}"}
        return {}


@contextmanager
def miniprogram(
    browser: Browser, town: Town, packed: Path, name: str, **settings: Any
) -> Iterator[MiniProgram]:
    """One person's WeChat with the program in it."""

    def make(page: Page) -> MiniProgram:
        made = MiniProgram(page, town, packed=packed.read_text())
        made.prepare()
        return made

    with phones.phone(browser, name, make, **settings) as made:
        yield made
