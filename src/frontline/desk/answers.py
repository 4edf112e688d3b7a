"""What pages answer, as whoever asked can use it: the browser, desk.js for a form, or htmx."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec

from frontline.desk.asked import (
    DENSE,
    DENSITY,
    SAID,
    THEME,
    THEMES,
    Asked,
    By,
    Reply,
    csrf_of,
    to,
)
from frontline.desk.frame import Frame, Said
from frontline.kernel.authority import Held
from frontline.kernel.text import Text, Words
from frontline.kernel.words import SharedRefusal
from frontline.web.edits import Clash
from frontline.web.pages import DeskVisit, Done, Download, Go, Invalid, View
from frontline.web.replies import TEXTS, Replies, WebRefusal

HELD = Words(
    "超出您的审批权限，已提交审批", "Beyond what you may decide alone: sent for a decision"
)
HELD_AGAIN = Words(
    "您已经申请过，还在等审批", "You have asked for this already: it waits for a decision"
)
_DONE = Words("已完成", "Done")
_INVALID = Words("有内容需要修改，请看标红处", "Something needs correcting; see the fields in red")
_SAID_S = 60
_KEPT_CHARACTERS_MAX = 3_000


@dataclass(frozen=True, slots=True)
class Answers:
    frame: Frame
    replies: Replies
    urged: bool = False  # To turn on the second proof.

    def reply(self, answer: Any, visit: DeskVisit, asked: Asked) -> Reply:
        match answer:
            case None:
                return self.refused(WebRefusal.NOT_FOUND, visit, asked)
            case View():
                return self._view(answer, visit, asked)
            case Download():
                return _download(answer)
            case Go(url):
                return _go(url, asked)
            case Done():
                return self._done(answer, visit, asked)
            case Invalid(errors):
                told = {name: words.in_(visit.language) for name, words in errors.items()}
                return self.invalid(told, visit, asked)
            case Clash():
                return self._clash(answer, visit, asked)
        return self._outcome(answer, visit, asked)

    def _outcome(self, outcome: Any, visit: DeskVisit, asked: Asked) -> Reply:
        """Of a command."""
        if isinstance(outcome, Held):
            return self._held(outcome, visit, asked)
        if (refusal := getattr(outcome, "refusal", None)) is not None:
            return self.refused(refusal, visit, asked)
        return self._done(Done(_DONE), visit, asked)

    def _view(self, view: View, visit: DeskVisit, asked: Asked) -> Reply:
        said = _told(asked.cookies.get(SAID, "")) if not view.bare else None
        text = self.html(view, visit, asked, said)
        reply = Reply(view.status, text.encode()).header("vary", "cookie, accept-language")
        return reply if said is None else reply.end_cookie(SAID)

    def html(self, view: View, visit: DeskVisit, asked: Asked, said: Said | None = None) -> str:
        theme, density = asked.cookies.get(THEME, ""), asked.cookies.get(DENSITY, "")
        return self.frame.page(
            view,
            visit,
            csrf_of(asked.token),
            theme=theme if theme in THEMES else "",
            dense=density == DENSE,
            urged=self.urged,
            said=said,
        )

    def _done(self, done: Done, visit: DeskVisit, asked: Asked) -> Reply:
        said = Said(done.said.in_(visit.language))
        if done.undo is not None:
            said = Said(said.text, done.undo.path, dict(done.undo.fields))
        if done.view is not None and done.go is None and asked.by is not By.PAGE:
            html = self.html(done.view, visit, asked)
            if asked.by is By.FORM:
                return _json(HTTPStatus.OK, said=msgspec.to_builtins(said), html=html)
            return _beside(Reply(HTTPStatus.OK, html.encode()), said=msgspec.to_builtins(said))
        kept = msgspec.json.encode(said)
        if len(kept) > _KEPT_CHARACTERS_MAX:
            kept = msgspec.json.encode(Said(said.text[:200]))
        reply = _go(done.go or visit.own_url, asked)
        return reply.cookie(SAID, urlsafe_b64encode(kept).decode(), max_age_s=_SAID_S)

    def invalid(self, errors: Mapping[str, str], visit: DeskVisit, asked: Asked) -> Reply:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        text = errors.get("") or _INVALID.in_(visit.language)
        if asked.by is By.FORM:
            return _json(status, text=text, errors=dict(errors))
        if asked.by is By.HTMX:
            return _unswapped(status, text=text, errors=dict(errors))
        return self.told(status, text, visit, asked, errors=errors)

    def _clash(self, clash: Clash, visit: DeskVisit, asked: Asked) -> Reply:
        refusal = SharedRefusal.CHANGED_SINCE
        if asked.by is not By.FORM:
            return self.refused(refusal, visit, asked)
        said = self.replies.texts[refusal]
        words = Words(said.zh, said.en)
        html = self.html(View("desk/clash.html", words, {"clash": clash}, bare=True), visit, asked)
        return _json(said.status, text=words.in_(visit.language), refusal=refusal, html=html)

    def refused(self, refusal: str, visit: DeskVisit, asked: Asked) -> Reply:
        said = self.replies.texts.get(refusal) or _text(refusal)
        text = said.en if visit.language == "en" else said.zh
        if asked.by is By.FORM:
            return _json(said.status, text=text, refusal=str(refusal))
        if asked.by is By.HTMX:
            return _unswapped(said.status, text=text)
        return self.told(said.status, text, visit, asked)

    def _held(self, held: Held, visit: DeskVisit, asked: Asked) -> Reply:
        url = f"/desk/decisions/show?id={held.proposal_id}"
        text = (HELD_AGAIN if held.again else HELD).in_(visit.language)
        if asked.by is By.FORM:
            return _json(HTTPStatus.ACCEPTED, held=url, text=text)
        if asked.by is By.HTMX:
            return _unswapped(HTTPStatus.ACCEPTED, text=text, held=url)
        return self.told(HTTPStatus.ACCEPTED, text, visit, asked, url=url)

    def told(
        self,
        status: int,
        text: str,
        visit: DeskVisit,
        asked: Asked,
        **more: Any,
    ) -> Reply:
        """A page that says this, and the way back."""
        values = {"status": status, "text": text, "back": visit.own_url, "errors": {}, "url": ""}
        words = Words(_title(status).zh, _title(status).en)
        view = View("desk/told.html", words, {**values, **more}, status=status)
        return self._view(view, visit, asked)


def _title(status: int) -> Words:
    return {
        HTTPStatus.ACCEPTED: Words("已提交审批", "Waiting for a decision"),
        HTTPStatus.FORBIDDEN: Words("没有权限", "Not allowed"),
        HTTPStatus.NOT_FOUND: Words("找不到页面", "Not found"),
        HTTPStatus.INTERNAL_SERVER_ERROR: Words("系统出错了", "Something went wrong"),
        HTTPStatus.SERVICE_UNAVAILABLE: Words("系统繁忙", "Busy"),
    }.get(HTTPStatus(status), Words("没有完成", "This was not done"))


def _text(refusal: str) -> Text:
    return TEXTS.get(WebRefusal(refusal), TEXTS[WebRefusal.BUG])


def _told(kept: str) -> Said | None:
    try:
        said = msgspec.json.decode(urlsafe_b64decode(kept), type=Said)
    except (ValueError, msgspec.DecodeError):
        return None
    return said if not said.undo or said.undo.startswith("/desk/") else Said(said.text)


def _go(url: str, asked: Asked) -> Reply:
    if asked.by is By.FORM:
        return _json(HTTPStatus.OK, go=url)
    if asked.by is By.HTMX:
        return Reply(HTTPStatus.OK).header("hx-redirect", url)
    return to(url)


def _json(status: int, **values: Any) -> Reply:
    return Reply(status, msgspec.json.encode(values), "application/json")


def _beside(reply: Reply, **told: Any) -> Reply:
    """What desk.js reads beside what htmx puts in place; in ASCII, as headers are."""
    return reply.header("hx-said", json.dumps(told))


def _unswapped(status: int, **told: Any) -> Reply:
    """Htmx puts answers of every status in place: this one only tells something."""
    return _beside(Reply(status).header("hx-reswap", "none"), **told)


def _download(file: Download) -> Reply:
    plain = "".join(each if each.isascii() and each.isprintable() else "_" for each in file.name)
    plain = plain.replace('"', "_").replace("\\", "_")
    name = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    reply = Reply(HTTPStatus.OK, file.content, file.media_type)
    return reply.header("content-disposition", name)
