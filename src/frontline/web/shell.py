"""The frame of every page: one layout, two languages, no script and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from litestar import Request, Response
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from frontline.web.replies import language_of

STATIC = Path(__file__).with_name("static")
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
"""Of every page of our own."""
_SYMBOLS = {"CNY": "¥", "GBP": "£", "USD": "$", "EUR": "€", "JPY": "¥"}
WHOLE = frozenset({"JPY", "KRW", "VND"})  # Currencies whose smallest unit is the whole one.


def money(amount: int, currency: str) -> str:
    """Minor units as people write them: `¥1,234.50`."""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    if currency in WHOLE:
        return f"{symbol}{amount:,}"
    return f"{symbol}{amount // 100:,}.{amount % 100:02}"


def environment(package: str) -> Environment:
    """Templates of one feature's package, on top of the common frame."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("frontline.web")]),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
    )
    made.filters["money"] = money
    return made


def page(
    templates: Environment, name: str, request: Request[Any, Any, Any], **values: Any
) -> Response[str]:
    """A page in the reader's language: `?lang=`, else what the browser prefers.

    In templates `t("中文", "English")` says a thing in that language.
    """
    accepted = request.headers.get("accept-language", "").encode("latin-1", "replace")
    asked = request.query_params.get("lang")
    language = asked if asked in {"zh", "en"} else language_of(accepted)

    def t(zh: str, en: str) -> str:
        return en if language == "en" else zh

    text = templates.get_template(name).render(language=language, t=t, **values)
    return Response(text, media_type="text/html", headers=HEADERS)


static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    cache_control=CacheControlHeader(max_age=3600),
    include_in_schema=False,
)
"""Our own style sheets."""
