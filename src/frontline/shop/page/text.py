"""What staff write as rich text, made safe to show."""

from __future__ import annotations

import re

import nh3

_TAGS = {
    *("a", "b", "blockquote", "br", "dd", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "img"),
    *("li", "ol", "p", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "height", "src", "width"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_OWN_PATH = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_CLEANINGS_MAX = 4


def cleaned(html: str) -> str:
    """Nothing in it runs, and nothing is fetched from elsewhere; cleaning again changes nothing."""
    for _ in range(_CLEANINGS_MAX):  # What is left out can bring forth something else.
        before, html = html, _once(html)
        if html == before:
            return html
    return nh3.clean_text(html)


def shows(html: str) -> bool:
    """Whether clean text has anything to see in it."""
    return "<img" in html or bool(nh3.clean(html, tags=set()).strip())


def _once(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"https", "mailto", "tel"},
    ).strip()


def _kept(_tag: str, attribute: str, value: str) -> str | None:
    """Pictures are our own; links may lead elsewhere, for somebody has to tap them."""
    if attribute == "src" and not _OWN_PATH.fullmatch(value):
        return None
    return value
