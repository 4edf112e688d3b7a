"""The pages below /desk served: who may, what was filled in, and what becomes of the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from frontline.desk import asked as asking
from frontline.desk.account import PAGES as ACCOUNT
from frontline.desk.answers import Answers
from frontline.desk.asked import LANGUAGE, Asked, By, Reply, csrf_of, same, to
from frontline.desk.assets import Assets, place
from frontline.desk.beside import Besides
from frontline.desk.entry import PATHS as ENTRY
from frontline.desk.entry import Entry, sign_in_at
from frontline.desk.feed import PATH as FEED
from frontline.desk.feed import Feed
from frontline.desk.forms import Errors, Form, Unreadable, posted, query
from frontline.desk.frame import Frame, may
from frontline.desk.kept import kept_of
from frontline.desk.owner import pages_with
from frontline.desk.people import people_of
from frontline.desk.search import search_of
from frontline.engine.combiner import Overloaded
from frontline.engine.feature import Feature
from frontline.kernel.text import Words
from frontline.store.database import Fault
from frontline.web.door import Opened
from frontline.web.pages import DeskVisit, Page, View
from frontline.web.replies import WebRefusal, language_of
from frontline.web.session import Caller, Role

PREFIX = "/desk"
_FOREVER = "public, max-age=31536000, immutable"

_log = logging.getLogger(__name__)


class Desk:
    """The back office, in front of the framework: whatever is not below /desk goes on to it."""

    def __init__(
        self,
        features: Iterable[Feature],
        pages: Sequence[Page],
        behind: ASGIApp,
        opened: Callable[[], Opened],
    ) -> None:
        """`pages`: those of the features, each with its area."""
        self._features = tuple(features)
        self._behind = behind
        self._opened = opened
        self.pages = (*ACCOUNT, *pages_with(self._features), *search_of(self._features), *pages)
        self.pages += (*kept_of(self.pages), *people_of(self.pages))
        self._pages: dict[str, dict[str, tuple[Page, Form]]] = {}
        for page in self.pages:
            assert page.path == PREFIX or page.path.startswith(f"{PREFIX}/"), page.path
            assert page.path not in ENTRY, f"{page.path} is the desk's own"
            methods = self._pages.setdefault(page.path, {})
            assert page.method not in methods, f"two pages at {page.path}"
            methods[page.method] = page, Form(page.form)
        self.assets = Assets(place())
        self.frame = Frame(self.pages, self.assets)
        self.feed = Feed(self.frame, self._features)
        self._entry = Entry(self.frame, self.feed)
        self._beside = Besides(self._features)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == ScopeType.HTTP else ""
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self._behind(scope, receive, send)
            return
        http = cast("HTTPScope", scope)
        asked = asking.asked(http, receive)
        try:
            reply = await self._reply(asked, self._opened())
        except asking.HungUp:
            return
        await reply.send(send, head=http["method"] == "HEAD")

    async def close(self) -> None:
        """Send home who listens."""
        await self.feed.close()

    async def _reply(self, asked: Asked, opened: Opened) -> Reply:
        if asked.path.startswith("/desk/assets/"):
            return self._asset(asked)
        language = _language(asked)
        try:
            if asked.path in ENTRY:
                return await self._entry.reply(asked, opened, language)
            caller = await opened.sessions.caller(b"Bearer " + asked.token) if asked.token else None
        except (Overloaded, Fault):
            return self._entry.busy(language)
        if caller is None or caller.role is Role.MEMBER:
            return _sign_in_first(asked)
        return await self._within(asked, opened, caller, language)

    async def _within(self, asked: Asked, opened: Opened, caller: Caller, language: str) -> Reply:
        try:
            person = await self._entry.person(opened, caller, asked.token)
            shop = (await opened.shops.all())[caller.shop_id]
        except (Overloaded, Fault):
            return self._entry.busy(language)
        visit = DeskVisit(
            opened=opened,
            shop_id=caller.shop_id,
            caller=caller,
            language=language,
            authorization=b"Bearer " + asked.token,
            client_ip=asked.ip,
            shop=shop,
            name=person.name,
            own_url=asked.page_url,
        )
        urged = asked.path == PREFIX and caller.role is Role.OWNER and not person.two_steps
        answers = Answers(self.frame, opened.replies, urged=urged)
        try:
            return await self._answered(asked, visit, answers)
        except asking.HungUp:
            raise
        except asking.TooLarge:
            return answers.refused(WebRefusal.TOO_LARGE, visit, asked)
        except Unreadable:
            return answers.refused(WebRefusal.MALFORMED, visit, asked)
        except (Overloaded, Fault):
            return answers.refused(WebRefusal.BUSY, visit, asked).header("retry-after", "1")
        except Exception:  # noqa: BLE001 - whatever it is, the caller gets an answer
            _log.exception("a bug behind %s", asked.path)
            return answers.refused(WebRefusal.BUG, visit, asked)

    async def _answered(self, asked: Asked, visit: DeskVisit, answers: Answers) -> Reply:
        if asked.path == FEED:
            return self.feed.reply(visit, asked)
        methods = self._pages.get(asked.path)
        if methods is None:
            return answers.refused(WebRefusal.NOT_FOUND, visit, asked)
        found = methods.get(asked.method)
        if found is None:
            reply = answers.refused(WebRefusal.WRONG_METHOD, visit, asked)
            return reply.header("allow", ", ".join(methods))
        page, form = found
        if not may(visit.known, page):
            return answers.refused(WebRefusal.FORBIDDEN, visit, asked)
        if page.method == "GET":
            filled, errors = form.filled(query(asked.query), visit.shop, posted=False)
        else:
            if not asked.ours:
                return answers.refused(WebRefusal.FORBIDDEN, visit, asked)
            media_type = asked.headers.get(b"content-type", b"").decode("latin-1")
            given = posted(media_type, await asked.body(form.bytes_max))
            if not _proved(asked, given.get("csrf", ())):
                return answers.refused(WebRefusal.FORBIDDEN, visit, asked)
            filled, errors = form.filled(given, visit.shop, posted=True)
        if errors:
            return _wrong(errors, visit, asked, answers)
        answer = await page.act(visit, filled)
        if isinstance(answer, View) and answer.about is not None:
            answer = await self._beside.beside(answer, visit)
        return answers.reply(answer, visit, asked)

    def _asset(self, asked: Asked) -> Reply:
        self.assets.refresh()
        asset = self.assets.at(asked.path)
        if asset is None:
            return Reply(HTTPStatus.NOT_FOUND, b"", "text/plain")
        encoding, body = asset.encoded(asked.headers.get(b"accept-encoding", b""))
        reply = Reply(HTTPStatus.OK, body, asset.media_type)
        reply.header("cache-control", _FOREVER).header("vary", "accept-encoding")
        return reply.header("content-encoding", encoding) if encoding else reply


def _proved(asked: Asked, given: Sequence[Any]) -> bool:
    sent = asked.headers.get(b"frontline-csrf", b"").decode("latin-1")
    if given and isinstance(given[0], str):
        sent = given[0]
    return same(sent, csrf_of(asked.token))


def _wrong(errors: Errors, visit: DeskVisit, asked: Asked, answers: Answers) -> Reply:
    told = {name: words.in_(visit.language) for name, words in errors.items()}
    if asked.method == "GET":
        words = Words("网址中的内容有误", "Something in the address is wrong")
        text = (
            words.in_(visit.language)
            + visit.t("：", ": ")
            + visit.t("，", "; ").join(told.values())
        )
        return answers.told(HTTPStatus.BAD_REQUEST, text, visit, asked, back=asked.path)
    return answers.invalid(told, visit, asked)


def _sign_in_first(asked: Asked) -> Reply:
    url = sign_in_at(asked.page_url if asked.by is not By.PAGE else asked.url)
    if asked.by is By.FORM:
        return Reply(HTTPStatus.UNAUTHORIZED, b'{"go":"%s"}' % url.encode(), "application/json")
    if asked.by is By.HTMX:
        return Reply(HTTPStatus.UNAUTHORIZED).header("hx-redirect", url)
    return to(url)


def _language(asked: Asked) -> str:
    chosen = asked.cookies.get(LANGUAGE, "")
    if chosen in {"zh", "en"}:
        return chosen
    return language_of(asked.headers.get(b"accept-language", b""))
