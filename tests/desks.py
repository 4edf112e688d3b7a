"""Somebody's desk in a browser: signed in, at a width, in a language; what goes wrong fails the test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from phones import Phone
from playwright.sync_api import Locator, Response, expect

from frontline.desk.asked import LANGUAGE, SESSION, THEME
from frontline.web.session import Role


@dataclass
class Desk(Phone):
    """`desk.sign_in("owner")`, `desk.open("/desk/orders")`, `desk.tap(...)`, `desk.see(...)`."""

    language: str = "zh"
    staff_id: UUID | None = field(default=None, repr=False)

    def t(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def sign_in(
        self, role: str = "staff", *, areas: Sequence[str] | None = None, name: str = ""
    ) -> UUID:
        """Be somebody new of the staff, without the login page; their id. `areas` None: all."""
        staff_id = uuid4()
        name = name or f"{role}-{staff_id.hex[:6]}"
        self.town.rows(
            "INSERT INTO staff (shop_id, id, name, password_hash, role, active, areas)"
            " VALUES ($1, $2, $3, '-', $4, true, $5)",
            self.town.shop_id, staff_id, name, role, areas,
        )  # fmt: skip
        self.be(staff_id, Role(role), areas)
        return staff_id

    def be(
        self, staff_id: UUID, role: Role = Role.STAFF, areas: Sequence[str] | None = None
    ) -> None:
        """Be this member of staff, who is there already."""
        sessions = self.town.opened.sessions
        token = self.town.ask(sessions.open(self.town.shop_id, staff_id, role, areas=areas))
        self.staff_id = staff_id
        self.keep_cookie(SESSION, token)
        self.keep_cookie(LANGUAGE, self.language)

    def keep_cookie(self, name: str, value: str) -> None:
        jar = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "secure": True}
        self.page.context.add_cookies([jar])

    def speak(self, language: str) -> None:
        self.language = language
        self.keep_cookie(LANGUAGE, language)

    def darken(self, theme: str = "dark") -> None:
        self.keep_cookie(THEME, theme)

    def open(self, path: str = "/desk") -> None:
        self.go_to(self.town.url + path)

    def see(self, text: str | re.Pattern[str]) -> Locator:
        """As on a phone, but "Sent" is not seen where "to be sent" stands."""
        return super().see(re.compile(re.escape(text)) if isinstance(text, str) else text)

    def fill(self, label: str, value: str) -> None:
        """Type into the field of this label; choose, if it is a list of choices."""
        exactly = self.page.get_by_label(label, exact=True).locator("visible=true")
        loosely = self.page.get_by_label(label).locator("visible=true")
        expect(exactly.or_(loosely).first).to_be_visible()
        found = (exactly if exactly.count() else loosely).first
        if found.evaluate("it => it.tagName") == "SELECT":
            found.select_option(label=value)
        else:
            found.fill(value)

    def tap(self, text: str | re.Pattern[str]) -> None:
        """The button, link or tab of this name, else whatever says this; names match whole."""
        exact = isinstance(text, str)
        page = self.page
        named = page.get_by_role("button", name=text, exact=exact).or_(
            page.get_by_role("link", name=text, exact=exact)
        )
        named = named.locator("visible=true")
        words = page.get_by_text(text, exact=exact).locator("visible=true")
        loose = page.get_by_text(text).locator("visible=true")
        expect(named.or_(words).or_(loose).first).to_be_visible()
        (named if named.count() else words if words.count() else loose).first.click()

    def upload(self, label: str, name: str, content: bytes, media_type: str = "text/plain") -> None:
        file = {"name": name, "mimeType": media_type, "buffer": content}
        self.page.get_by_label(label).set_input_files(files=[file])

    def row(self, text: str) -> Locator:
        """The row of a list that says this."""
        found = self.page.get_by_role("row").filter(has_text=text).first
        expect(found).to_be_visible()
        return found

    def wide(self) -> bool:
        """Does anything stand out beyond the right edge of the screen?"""
        return self.page.evaluate(
            "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
        )

    def _asked(self, request: Any) -> None:
        super()._asked(request)
        if request.url.endswith("/desk/feed"):
            self._done(request)

    def _judge(self, response: Response) -> None:
        path = urlsplit(response.url).path
        typed = 400 <= response.status < 500 and response.status not in {400, 404, 405, 413}
        if path.startswith("/desk") and typed and not path.startswith("/desk/assets"):
            return  # A refusal, told to whoever looks.
        super()._judge(response)
