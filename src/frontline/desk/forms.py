"""Forms: from a query or posted fields to the struct of a page, or to what is wrong with which.

People leave fields empty, type commas into amounts and times without a zone; what they meant
is made of it here, and what cannot be is told at the field, in their language.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from frontline.kernel.text import Words
from frontline.web.pages import UPLOAD_BYTES_MAX, Amount, Rate, Upload
from frontline.web.shell import WHOLE
from frontline.web.shops import Shop

FIELDS_MAX = 5_000
BYTES_MAX = 2**20
"""Of a form without files; one with files has room for them as well."""

_RATE_DIGITS = 2
_AMOUNT_MAX = Decimal(10) ** 15
_YEAR_MIN, _YEAR_MAX = 1970, 2999
_MANY = (tuple, list, frozenset, set)
_KEPT = re.compile("password")  # Spaces around a password belong to it.

Fields = Mapping[str, Sequence["str | Upload"]]
Errors = dict[str, Words]


class Unreadable(Exception):
    """Nothing that a form of ours sends."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    plain: Any  # The type, with int for Amount and Rate.
    read: Callable[[str, Shop], Any]
    wrap: Callable[[Any], Any] | None
    many: bool
    optional: bool
    textual: bool
    boolean: bool
    upload: bool
    required: bool
    default: Any


class Form:
    """How one struct is filled in; made once for each page."""

    def __init__(self, of: type[msgspec.Struct]) -> None:
        self._of = of
        self._fields = tuple(_field(one) for one in msgspec.structs.fields(of))
        uploads = any(one.upload for one in self._fields)
        self.bytes_max = BYTES_MAX + (UPLOAD_BYTES_MAX if uploads else 0)

    def filled(self, given: Fields, shop: Shop, *, posted: bool) -> tuple[Any, Errors]:
        """The struct, or None and what is wrong. A box not ticked is sent as nothing at all."""
        values: dict[str, Any] = {}
        errors: Errors = {}
        for one in self._fields:
            try:
                value = _value(one, given.get(one.name, ()), shop, posted=posted)
            except _Wrong as wrong:
                errors[one.name] = wrong.words
                continue
            if value is not msgspec.UNSET:
                values[one.name] = value
        if errors:
            return None, errors
        try:
            return self._of(**values), {}
        except ValueError:  # Of the struct's own __post_init__.
            return None, {
                "": Words("填写的内容有误，请检查", "Something here does not fit together")
            }


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def _value(one: _Field, given: Sequence[str | Upload], shop: Shop, *, posted: bool) -> Any:
    if one.upload:
        return _file(one, given)
    texts = [_clean(one.name, each) for each in given if isinstance(each, str)]
    if one.many:
        # Texts may be the cells of a column, where an empty one has its place.
        filled = texts if one.textual else [each for each in texts if each]
        if not given and not posted and not one.required:
            return msgspec.UNSET
        return _converted(one, [one.read(each, shop) for each in filled])
    if one.boolean and not texts:
        return False if posted else msgspec.UNSET
    if not texts or (not texts[0] and not one.textual):
        if texts and one.optional:
            return None
        if one.required:
            raise _Wrong("请填写此项", "Please fill this in")
        return msgspec.UNSET
    if not texts[0] and one.optional:
        return None
    return _converted(one, one.read(texts[-1] if one.boolean else texts[0], shop))


def _clean(name: str, text: str) -> str:
    if _KEPT.search(name):
        return text
    return text.replace("\r\n", "\n").strip()


def _file(one: _Field, given: Sequence[str | Upload]) -> Any:
    files = [each for each in given if isinstance(each, Upload) and (each.name or each.content)]
    if one.many:
        return tuple(files)
    if files:
        return files[0]
    if one.optional or not one.required:
        return None if one.optional else msgspec.UNSET
    raise _Wrong("请选择文件", "Please choose a file")


def _converted(one: _Field, raw: Any) -> Any:
    try:
        value = msgspec.convert(raw, one.plain, strict=False)
    except msgspec.ValidationError as error:
        raise _said(str(error), one) from error
    if one.wrap is None:
        return value
    return type(value)(map(one.wrap, value)) if one.many else one.wrap(value)


# -- What a field's type says ---------------------------------------------------------------


def _field(info: Any) -> _Field:
    bare, optional = _bare(info.type)
    many = (get_origin(bare) or bare) in _MANY
    inner = _bare(get_args(bare)[0])[0] if many and get_args(bare) else bare
    plain, wrap = info.type, None
    if inner in {Amount, Rate}:
        plain, wrap = _with_int(info.type), inner
    read = {Amount: _amount, Rate: _rate, datetime: _moment, date: _day, bool: _ticked}.get(
        inner, _as_is
    )
    return _Field(
        info.name,
        plain,
        read,
        wrap,
        many,
        optional,
        textual=inner is str,
        boolean=inner is bool and not many,
        upload=inner is Upload,
        required=info.required,
        default=info.default,
    )


def _bare(of: Any) -> tuple[Any, bool]:
    """The type without its limits, and whether it may be None."""
    optional = False
    while True:
        if get_origin(of) is Annotated:
            of = get_args(of)[0]
        elif get_origin(of) in {Union, types.UnionType}:
            others = [one for one in get_args(of) if one is not type(None)]
            optional = optional or len(others) < len(get_args(of))
            if len(others) != 1:
                return of, optional
            of = others[0]
        else:
            return getattr(of, "__supertype__", of), optional


def _with_int(of: Any) -> Any:
    if of in {Amount, Rate}:
        return int
    origin, arguments = get_origin(of), get_args(of)
    if origin is Annotated:
        return Annotated[(_with_int(arguments[0]), *arguments[1:])]
    if origin in {Union, types.UnionType}:
        return Union[tuple(map(_with_int, arguments))]  # noqa: UP007 - of any number
    if origin in _MANY:
        return origin[tuple(each if each is ... else _with_int(each) for each in arguments)]
    return of


# -- What people type -----------------------------------------------------------------------


def _as_is(text: str, _shop: Shop) -> Any:
    return text


def _ticked(text: str, _shop: Shop) -> Any:
    return {"on": True, "": False}.get(text, text)


def _decimal(text: str) -> Decimal:
    plain = re.sub(r"[,，\s¥￥$£€%]", "", text)
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise _Wrong("请填写数字", "Please enter a number") from error
    if not number.is_finite() or abs(number) >= _AMOUNT_MAX:
        raise _Wrong("数字太大", "The number is too large")
    return number


def _whole(number: Decimal, digits: int) -> int:
    scaled = number.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise _Wrong(
            f"最多 {digits} 位小数" if digits else "请填写整数",
            f"At most {digits} decimal places" if digits else "Please enter a whole number",
        )
    return int(scaled)


def _amount(text: str, shop: Shop) -> Any:
    return _whole(_decimal(text), 0 if shop.currency in WHOLE else _RATE_DIGITS)


def _rate(text: str, _shop: Shop) -> Any:
    return _whole(_decimal(text), _RATE_DIGITS)


def _moment(text: str, shop: Shop) -> Any:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _Wrong("请填写日期和时间", "Please enter a date and time") from error
    _near(at.year)
    return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(shop.timezone))


def _day(text: str, _shop: Shop) -> Any:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _Wrong("请填写日期", "Please enter a date") from error
    _near(day.year)
    return day


def _near(year: int) -> None:
    """At the ends of the calendar a day has no day before it, or is none elsewhere."""
    if not _YEAR_MIN <= year <= _YEAR_MAX:
        raise _Wrong("日期超出范围", "The date is out of range")


# -- What is wrong --------------------------------------------------------------------------

_LIMITS = (
    (r"of length >= 1$", "请填写此项", "Please fill this in"),
    (r"of length >= (\d+)", "至少 {} 个", "At least {}"),
    (r"of length <= (\d+)", "最多 {} 个", "At most {}"),
    (r">= ([-\d.]+)", "不能小于 {}", "Must be at least {}"),
    (r"<= ([-\d.]+)", "不能大于 {}", "Must be at most {}"),
    (r"> ([-\d.]+)", "必须大于 {}", "Must be more than {}"),
    (r"< ([-\d.]+)", "必须小于 {}", "Must be less than {}"),
    (r"matching regex", "格式不正确", "This is not in the right form"),
    (r"[Ee]num", "请从选项中选择", "Please choose one of these"),
    (r"`(?:int|float)`", "请填写数字", "Please enter a number"),
    (r"(?:date|datetime|time)`", "请填写日期", "Please enter a date"),
)


def _said(told: str, one: _Field) -> _Wrong:
    for pattern, zh, en in _LIMITS:
        if found := re.search(pattern, told):
            limit = found[1] if found.groups() else ""
            if limit and one.wrap is not None and "length" not in pattern:
                limit = f"{Decimal(limit).scaleb(-_RATE_DIGITS).normalize():f}"
            return _Wrong(zh.format(limit), en.format(limit))
    return _Wrong("填写的内容有误", "This will not do")


# -- What browsers send ---------------------------------------------------------------------


def query(raw: bytes) -> Fields:
    """The fields of a query or a posted form. Raises Unreadable."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Unreadable from error
    fields: dict[str, list[str | Upload]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value or "\ufffd" in value:
            raise Unreadable
        fields.setdefault(name, []).append(value)
    return fields


def posted(media_type: str, body: bytes) -> Fields:
    """The fields of the body of a POST. Raises Unreadable."""
    kind, _, rest = media_type.partition(";")
    if kind.strip().lower() != "multipart/form-data":
        return query(body)
    boundary = re.search(r'boundary="?([^";]{1,200})"?', rest)
    if boundary is None:
        raise Unreadable
    fields: dict[str, list[str | Upload]] = {}
    try:
        with PushMultipartParser(
            boundary[1].encode(), max_segment_count=FIELDS_MAX, content_length=len(body)
        ) as parser:
            segment: MultipartSegment | None = None
            content = bytearray()
            for part in parser.parse(body):
                if isinstance(part, MultipartSegment):
                    segment, content = part, bytearray()
                elif part is not None:
                    content += part
                elif segment is not None:
                    value = _part(segment, bytes(content))
                    fields.setdefault(segment.name, []).append(value)
    except (MultipartError, UnicodeDecodeError, ValueError) as error:
        raise Unreadable from error
    return fields


def _part(segment: MultipartSegment, content: bytes) -> str | Upload:
    if segment.filename is not None:
        name = re.sub(r"[\0-\x1f]", "", segment.filename.replace("\\", "/").rpartition("/")[2])
        return Upload(name[:200], segment.content_type or "", content)
    text = content.decode()
    if "\0" in text:
        raise Unreadable
    return text
