"""How values are written at the desk: filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from frontline.kernel.text import Words
from frontline.web.pages import DeskVisit
from frontline.web.shell import WHOLE
from frontline.web.shell import money as with_symbol

NONE = "—"
JUST_NOW = timedelta(seconds=10)
_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "秒", "s"),
    (timedelta(hours=1), timedelta(minutes=1), "分钟", "min"),
    (timedelta(days=2), timedelta(hours=1), "小时", "h"),
    (timedelta(days=60), timedelta(days=1), "天", "d"),
)


def _visit(context: Context) -> DeskVisit:
    visit: DeskVisit = context["visit"]
    return visit


def money_of(visit: DeskVisit, amount: int | None) -> str:
    if amount is None:
        return NONE
    return ("-" if amount < 0 else "") + with_symbol(abs(amount), visit.shop.currency)


def moment_of(visit: DeskVisit, at: datetime | None) -> str:
    if at is None:
        return NONE
    return f"{at.astimezone(ZoneInfo(visit.shop.timezone)):%Y-%m-%d %H:%M}"


def day_of(visit: DeskVisit, day: date | datetime | None) -> str:
    if day is None:
        return NONE
    return f"{visit.shop.day(day) if isinstance(day, datetime) else day:%Y-%m-%d}"


def rate_of(_visit: DeskVisit, basis_points: int | None) -> str:
    """Basis points as a percentage, without zeros that say nothing."""
    if basis_points is None:
        return NONE
    whole, rest = divmod(abs(basis_points), 100)
    sign = "-" if basis_points < 0 else ""
    return f"{sign}{whole}{f'.{rest:02}'.rstrip('0') if rest else ''}%"


def count_of(_visit: DeskVisit, number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


def ago_of(visit: DeskVisit, at: datetime | None) -> str:
    """How long ago, or how long until then."""
    if at is None:
        return NONE
    away = at.astimezone(UTC) - visit.opened.now()
    size = abs(away)
    if size < JUST_NOW:
        return visit.t("刚刚", "just now")
    for below, unit, zh, en in _STEPS:
        if size < below:
            number = size // unit
            if away > timedelta(0):
                return visit.t(f"{number} {zh}后", f"in {number} {en}")
            return visit.t(f"{number} {zh}前", f"{number} {en} ago")
    return day_of(visit, at)


def _filter(write: Callable[[DeskVisit, Any], str]) -> Callable[..., Markup]:
    @pass_context
    def within(context: Context, value: Any) -> Markup:
        return escape(write(_visit(context), value))

    return within


@pass_context
def _moment(context: Context, at: datetime | None) -> Markup:
    """As a time element, whose title tells how long ago."""
    if at is None:
        return escape(NONE)
    visit = _visit(context)
    return _time(at, ago_of(visit, at), moment_of(visit, at))


@pass_context
def _ago(context: Context, at: datetime | None) -> Markup:
    if at is None:
        return escape(NONE)
    visit = _visit(context)
    return _time(at, moment_of(visit, at), ago_of(visit, at))


def _time(at: datetime, title: str, text: str) -> Markup:
    # Plain: nothing in the three holds a letter that HTML would mind.
    stamp = at.astimezone(UTC).isoformat()
    return Markup(f'<time datetime="{stamp}" title="{title}">{text}</time>')  # noqa: S704


# -- As fields are filled in ----------------------------------------------------------------


@pass_context
def _typed_amount(context: Context, amount: int | None) -> str:
    """Minor units as they are typed: `1234.50`."""
    if amount is None:
        return ""
    if _visit(context).shop.currency in WHOLE:
        return str(amount)
    return f"{Decimal(amount).scaleb(-2):.2f}"


def _typed_rate(basis_points: int | None) -> str:
    return "" if basis_points is None else f"{Decimal(basis_points).scaleb(-2).normalize():f}"


@pass_context
def _typed_moment(context: Context, at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{at.astimezone(ZoneInfo(_visit(context).shop.timezone)):%Y-%m-%dT%H:%M}"


@pass_context
def _say(context: Context, said: Any) -> Any:
    """Words in the reader's language; anything else as it is."""
    return said.in_(context["lang"]) if isinstance(said, Words) else said


def furnish(environment: Environment) -> None:
    environment.globals |= {
        "say": _say,
        "typed_amount": _typed_amount,
        "typed_rate": _typed_rate,
        "typed_moment": _typed_moment,
    }
    environment.filters |= {
        "money": _filter(money_of),
        "count": _filter(count_of),
        "rate": _filter(rate_of),
        "day": _filter(day_of),
        "moment": _moment,
        "ago": _ago,
    }
