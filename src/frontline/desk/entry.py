"""Coming in and going out: what is served to who is not signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from frontline.desk.asked import (
    DENSE,
    DENSITY,
    LANGUAGE,
    SESSION,
    THEME,
    THEMES,
    Asked,
    Reply,
    TooLarge,
    to,
)
from frontline.desk.feed import Feed
from frontline.desk.forms import Unreadable, posted, query
from frontline.desk.frame import Frame
from frontline.shop.staff import views
from frontline.shop.staff.login import SignedIn, log_in
from frontline.web.door import Opened
from frontline.web.replies import TEXTS, WebRefusal
from frontline.web.session import Caller, Role

LOGIN, LOGOUT, LOOK = "/desk/login", "/desk/logout", "/desk/look"
PATHS = frozenset({LOGIN, LOGOUT, LOOK})
_LOOKS = (
    ("language", LANGUAGE, frozenset({"zh", "en"})),
    ("theme", THEME, THEMES),
    ("density", DENSITY, frozenset({DENSE, "wide"})),
)
_FORM_BYTES_MAX = 10_000
_SESSION_S = 12 * 3600
KNOWN_FOR = timedelta(seconds=60)
_KNOWN_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, as the frame shows them."""

    name: str
    two_steps: bool


def sign_in_at(then: str) -> str:
    return LOGIN if then in {"/desk", "/desk/"} else f"{LOGIN}?next={quote(then, safe='')}"


class Entry:
    def __init__(self, frame: Frame, feed: Feed) -> None:
        self._frame = frame
        self._feed = feed
        self._people: dict[bytes, tuple[datetime, Person]] = {}

    async def person(self, opened: Opened, caller: Caller, token: bytes) -> Person:
        """Who this is; asked again after a minute, when their session is noted as at work."""
        now = opened.now()
        known = self._people.get(token)
        if known is not None and timedelta(0) <= now - known[0] < KNOWN_FOR:
            return known[1]
        async with opened.database.transaction(caller.shop_id) as transaction:
            one = await views.one(transaction, caller.actor_id)
            await opened.sessions.seen(transaction, token)
        person = Person("", two_steps=True) if one is None else Person(one.name, one.two_steps)
        if len(self._people) >= _KNOWN_MAX:
            self._people.clear()
        self._people[token] = now, person
        return person

    async def reply(self, asked: Asked, opened: Opened, language: str) -> Reply:
        if asked.path == LOGOUT:
            return await self._out(asked, opened)
        if asked.path == LOOK:
            return await _look(asked)
        caller = await opened.sessions.caller(b"Bearer " + asked.token) if asked.token else None
        if asked.method == "GET":
            if caller is not None and caller.role is not Role.MEMBER:
                return to(_next(_one(query(asked.query), "next")))
            return self._login(asked, language, then=_one(query(asked.query), "next"))
        if asked.method != "POST":
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED).header("allow", "GET, POST")
        return await self._in(asked, opened, language)

    async def _in(self, asked: Asked, opened: Opened, language: str) -> Reply:
        if not asked.ours:
            return self._login(
                asked, language, status=403, text=_said(WebRefusal.FORBIDDEN, language)
            )
        try:
            media_type = asked.headers.get(b"content-type", b"").decode("latin-1")
            given = posted(media_type, await asked.body(_FORM_BYTES_MAX))
        except (TooLarge, Unreadable):
            text = _said(WebRefusal.MALFORMED, language)
            return self._login(asked, language, status=400, text=text)
        shop = await opened.shops.meant(b"", asked.headers.get(b"host", b""))
        if shop is None:
            return self._login(
                asked, language, status=404, text=_said(WebRefusal.SHOP_UNKNOWN, language)
            )
        name, then = _one(given, "name").strip(), _one(given, "next")
        agent = asked.headers.get(b"user-agent", b"").decode("latin-1").replace("\0", "")
        answer = await log_in(
            opened,
            shop.id,
            name=name,
            password=_one(given, "password"),
            code=_one(given, "code"),
            agent=agent,
        )
        if isinstance(answer, SignedIn):
            reply = to(_next(then))
            return reply.cookie(SESSION, answer.token, max_age_s=_SESSION_S)
        said = opened.replies.texts[answer.refusal]
        text = said.en if language == "en" else said.zh
        return self._login(
            asked,
            language,
            status=said.status,
            text=text,
            name=name,
            then=then,
        )

    async def _out(self, asked: Asked, opened: Opened) -> Reply:
        if asked.method != "POST" or not asked.ours:
            return to("/desk")
        if asked.token:
            await opened.sessions.close(b"Bearer " + asked.token)
            self._feed.end(asked.token)
        return to(LOGIN).end_cookie(SESSION)

    def _login(
        self, asked: Asked, language: str, *, status: int = 200, text: str = "", **values: Any
    ) -> Reply:
        given: dict[str, Any] = {"name": "", "then": "", **values}
        return self._plain("desk/login.html", asked, language, status, text=text, **given)

    def busy(self, language: str) -> Reply:
        """The database is away: nobody's session can be looked at."""
        values = _values(language, "")
        html = self._frame.plain("desk/away.html", values)
        return Reply(HTTPStatus.SERVICE_UNAVAILABLE, html.encode()).header("retry-after", "1")

    def _plain(
        self, template: str, asked: Asked, language: str, status: int, **values: Any
    ) -> Reply:
        theme = asked.cookies.get(THEME, "")
        html = self._frame.plain(template, {**_values(language, theme), **values})
        return Reply(status, html.encode())


async def _look(asked: Asked) -> Reply:
    """Language, theme and density, kept in the browser."""
    reply = to(asked.page_url)
    if asked.method != "POST" or not asked.ours:
        return reply
    try:
        given = posted("", await asked.body(_FORM_BYTES_MAX))
    except (TooLarge, Unreadable):
        return reply
    for field, cookie, known in _LOOKS:
        if (chosen := _one(given, field)) in known:
            reply.cookie(cookie, chosen, script=True)
    return reply


def _values(language: str, theme: str) -> dict[str, Any]:
    def t(zh: str, en: str) -> str:
        return en if language == "en" else zh

    return {"lang": language, "t": t, "theme": theme}


def _said(refusal: WebRefusal, language: str) -> str:
    said = TEXTS[refusal]
    return said.en if language == "en" else said.zh


def _one(given: Any, name: str) -> str:
    found = given.get(name, ("",))[0]
    return found if isinstance(found, str) else ""


def _next(then: str) -> str:
    """Only ever a page of the desk."""
    inside = then.startswith("/desk/") and then.isprintable() and "\\" not in then
    return then if inside and not then.startswith(tuple(PATHS)) else "/desk"
