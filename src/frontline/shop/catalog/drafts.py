"""What a product may be, and what becomes of one when a draft is put in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET

from frontline.kernel.money import BASIS_POINTS
from frontline.shop.catalog.book import Product, Variant
from frontline.shop.catalog.messages import STATUS, ProductDraft, Refusal, VariantDraft
from frontline.shop.catalog.text import cleaned, searchable

SHORT_MAX = 255
BODY_MAX = 100_000
EXTRA_MAX = 5_000
ADDRESS_MAX = 2_000
TAGS_MAX = 250
OPTIONS_MAX = 3
VARIANTS_MAX = 2_000
PICTURES_MAX = 250
DEPTH_MAX = 5
PRICE_MAX = 10**11
COUNT_MAX = 10**9  # Grams, or pieces.

_ELSEWHERE = ("http://", "https://")
_OWN = re.compile(
    r"/pictures/[1-9][0-9]{0,17}/[0-9a-f]{32}(-800|-400)?\.webp"
    r"|/demo/[a-z0-9-]{1,64}\.[0-9a-f]{8}\.webp"  # That come with the program.
)
_LINES = frozenset("\t\n\r")


class Fault(NamedTuple):
    """What is wrong with a draft, in which of its fields, of which variant."""

    refusal: Refusal
    field: str
    variant: int | None = None


def faults(draft: ProductDraft) -> Iterator[Fault]:
    """All that is wrong with it; nothing: it may be put."""
    yield from _text(draft.handle, "handle", needed=True)
    yield from _text(draft.title, "title", needed=True)
    yield from _text(draft.body_html, "body_html", max_length=BODY_MAX, lines=True)
    yield from _text(draft.vendor, "vendor")
    yield from _tags(draft)
    yield from _category(draft)
    yield from _extra(draft.extra, None)
    yield from _pictures(draft)
    yield from _options(draft)
    if not draft.variants:
        yield Fault(Refusal.NO_VARIANTS, "variants")
    if len(draft.variants) > VARIANTS_MAX:
        yield Fault(Refusal.TOO_MANY_VARIANTS, "variants")
    seen: set[tuple[str, ...]] = set()
    for place, variant in enumerate(draft.variants):
        if variant.option_values in seen:
            yield Fault(Refusal.VARIANT_TWICE, "option_values", place)
        seen.add(variant.option_values)
        yield from _variant(variant, len(draft.option_names), place)


def merged(
    old: Product | None, draft: ProductDraft, category_id: UUID | None, now: datetime
) -> Product:
    """The product as the draft wants it; equal to `old` if it wants nothing new."""
    given = _given(draft, ("title", "vendor", "on_sale", "option_names", "freight_id"))
    if draft.body_html is not UNSET:
        given["body_html"] = cleaned(draft.body_html)
    if draft.pictures is not UNSET:
        given["pictures"] = tuple({one.src: one for one in reversed(draft.pictures)}.values())[::-1]
    if draft.tags is not UNSET:
        given["tags"] = tuple(dict.fromkeys(draft.tags))
    given["category_id"] = category_id
    extra = _extended({} if old is None else old.extra, draft.extra)
    given["extra"] = extra
    if given.get("on_sale", old is None or old.on_sale):
        extra.pop(STATUS, None)
    variants = given["variants"] = _variants(() if old is None else old.variants, draft)
    tags = draft.tags if draft.tags is not UNSET else () if old is None else old.tags
    vendor = draft.vendor if draft.vendor is not UNSET else "" if old is None else old.vendor
    codes = [code for one in variants if not one.removed for code in (one.code, one.barcode)]
    given["search"] = searchable((draft.title, vendor, *tags, *dict.fromkeys(codes)))
    if old is None:
        return Product(id=draft.id, handle=draft.handle, created_at=now, updated_at=now, **given)
    new = msgspec.structs.replace(old, **given)
    return old if new == old else msgspec.structs.replace(new, updated_at=now)


def switched(product: Product, now: datetime, *, on_sale: bool) -> Product:
    """Put on sale, or taken off; a status that it was imported with holds no longer."""
    extra = {name: value for name, value in product.extra.items() if name != STATUS}
    return msgspec.structs.replace(product, on_sale=on_sale, extra=extra, updated_at=now)


def price_change(old: Product, draft: ProductDraft) -> int | None:
    """The largest change of a price, in basis points of what it was, rounded up; 0: none.

    Variants that were removed count as well: who brings one back changes its price. A new one
    is held against the cheapest there was: else a renamed variant would have any price. None is
    without bound: something gets a price that had none.
    """
    before = {one.option_values: one.price for one in old.variants}
    cheapest = min(before.values(), default=0)
    largest = 0
    for one in draft.variants:
        was = before.get(one.option_values, max(one.price, cheapest))
        if was == one.price:
            continue
        if was == 0:
            return None
        largest = max(largest, -(-abs(one.price - was) * BASIS_POINTS // was))
    return largest


def _variants(old: Sequence[Variant], draft: ProductDraft) -> tuple[Variant, ...]:
    """Those of the draft in its order, those it does not name, those that are removed."""
    known = {one.option_values: one for one in old}
    named = [
        _variant_of(known.pop(one.option_values, None), one, place)
        for place, one in enumerate(draft.variants)
    ]
    kept = [
        one
        for one in known.values()
        if not (one.removed or draft.complete) and len(one.option_values) == len(draft.option_names)
    ]
    for place, one in enumerate(kept, len(named)):
        named.append(msgspec.structs.replace(one, position=place))
        del known[one.option_values]
    gone = [msgspec.structs.replace(one, removed=True) for one in known.values()]
    return *named, *sorted(gone, key=lambda one: one.id)


def _variant_of(old: Variant | None, draft: VariantDraft, place: int) -> Variant:
    given = _given(
        draft,
        (
            *("price", "code", "compare_at", "cost", "per_member_max", "weight_g", "barcode"),
            *("needs_shipping", "picture_src"),
        ),
    )
    if old is None:
        return Variant(
            id=draft.id,
            position=place,
            option_values=draft.option_values,
            extra=_extended({}, draft.extra),
            **given,
        )
    return msgspec.structs.replace(
        old, position=place, removed=False, extra=_extended(old.extra, draft.extra), **given
    )


def _given(draft: ProductDraft | VariantDraft, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in names}
    return {name: value for name, value in values.items() if value is not UNSET}


def _extended(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in {**old, **new}.items() if value}


def _text(  # noqa: PLR0913 - what may be said of a text
    value: str | msgspec.UnsetType,
    field: str,
    variant: int | None = None,
    *,
    needed: bool = False,
    max_length: int = SHORT_MAX,
    lines: bool = False,
) -> Iterator[Fault]:
    if value is UNSET:
        return
    if needed and not value:
        yield Fault(Refusal.TEXT_MISSING, field, variant)
    if value != value.strip():
        yield Fault(Refusal.TEXT_UNTRIMMED, field, variant)
    if len(value) > max_length:
        yield Fault(Refusal.TEXT_TOO_LONG, field, variant)
    if not value.isprintable() and any(
        _is_control(character) and not (lines and character in _LINES) for character in value
    ):
        yield Fault(Refusal.TEXT_UNPRINTABLE, field, variant)


def _is_control(character: str) -> bool:
    """Control characters, and halves of characters, which no text in UTF-8 has."""
    return character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"


def _tags(draft: ProductDraft) -> Iterator[Fault]:
    tags = () if draft.tags is UNSET else draft.tags
    if len(tags) > TAGS_MAX:
        yield Fault(Refusal.TOO_MANY_TAGS, "tags")
    for tag in tags:
        yield from _text(tag, "tags", needed=True)
        if "," in tag:
            yield Fault(Refusal.TEXT_DIVIDED, "tags")


def _category(draft: ProductDraft) -> Iterator[Fault]:
    path = () if draft.category_path is UNSET else draft.category_path
    if len(path) > DEPTH_MAX:
        yield Fault(Refusal.CATEGORY_TOO_DEEP, "category_path")
    for name in path:
        yield from category_name(name)


def category_name(name: str) -> Iterator[Fault]:
    yield from _text(name, "category_path", needed=True)
    if ">" in name:
        yield Fault(Refusal.TEXT_DIVIDED, "category_path")


def _extra(extra: dict[str, str], variant: int | None) -> Iterator[Fault]:
    for name, value in extra.items():
        yield from _text(value, name, variant, max_length=EXTRA_MAX, lines=True)


def _pictures(draft: ProductDraft) -> Iterator[Fault]:
    pictures = () if draft.pictures is UNSET else draft.pictures
    if len(pictures) > PICTURES_MAX:
        yield Fault(Refusal.TOO_MANY_PICTURES, "pictures")
    for picture in pictures:
        yield from _address(picture.src, "pictures", None)
        yield from _text(picture.alt, "alt", max_length=EXTRA_MAX)


def is_picture_address(src: str) -> bool:
    return src.lower().startswith(_ELSEWHERE) or _OWN.fullmatch(src) is not None


def _address(src: str, field: str, variant: int | None) -> Iterator[Fault]:
    yield from _text(src, field, variant, max_length=ADDRESS_MAX)
    if not is_picture_address(src):
        yield Fault(Refusal.PICTURE_ADDRESS, field, variant)


def _options(draft: ProductDraft) -> Iterator[Fault]:
    if len(draft.option_names) > OPTIONS_MAX:
        yield Fault(Refusal.TOO_MANY_OPTIONS, "option_names")
    if len(set(draft.option_names)) < len(draft.option_names):
        yield Fault(Refusal.OPTION_TWICE, "option_names")
    for name in draft.option_names:
        yield from _text(name, "option_names", needed=True)


def _variant(draft: VariantDraft, options: int, place: int) -> Iterator[Fault]:
    if len(draft.option_values) != options:
        yield Fault(Refusal.OPTIONS_UNMATCHED, "option_values", place)
    for value in draft.option_values:
        yield from _text(value, "option_values", place, needed=True)
    yield from _text(draft.code, "code", place)
    yield from _text(draft.barcode, "barcode", place)
    yield from _extra(draft.extra, place)
    if draft.picture_src:
        yield from _address(draft.picture_src, "picture_src", place)
    for field, maximum, least in (
        ("price", PRICE_MAX, 0),
        ("compare_at", PRICE_MAX, 0),
        ("cost", PRICE_MAX, 0),
        ("per_member_max", COUNT_MAX, 1),
        ("weight_g", COUNT_MAX, 0),
        ("stock", COUNT_MAX, 0),
    ):
        value = getattr(draft, field)
        if value is not UNSET and value is not None and not least <= value <= maximum:
            yield Fault(Refusal.NUMBER_OUT_OF_RANGE, field, place)
