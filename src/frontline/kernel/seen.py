"""Nobody's edit is lost: whoever changes a thing as a whole says what it was when they saw it.

A form that was made an hour ago holds values of an hour ago. To write them over what a colleague
has saved since would undo it without a word; so the wish carries what was seen, and the rules,
under the lock of the row, refuse it if that is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from frontline.kernel.words import NoEffect, SharedRefusal

Facts = Mapping[str, Any]
"""All of a thing that a form replaces, by name. Nothing at all: it is not there."""

_encode_value = msgspec.msgpack.Encoder(order="deterministic").encode
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class ChangedSince(NoEffect, frozen=True, tag=True):
    """The thing is not what it was when it was seen; nothing was written."""

    fields: tuple[str, ...]  # That are another now, or no more, or new.
    refusal: SharedRefusal = SharedRefusal.CHANGED_SINCE


def seen_of(facts: Facts) -> str:
    """What was seen, to be handed back with the wish: a digest of each fact."""
    return _encode({name: _digest(value) for name, value in facts.items()}).decode()


def changed_since(seen: str, facts: Facts) -> ChangedSince | None:
    """None: it is as it was seen, or nobody says how it was (`seen` is empty)."""
    if not seen:
        return None
    before = _read(seen)
    now = {name: _digest(value) for name, value in facts.items()}
    fields = [name for name in {**now, **before} if now.get(name) != before.get(name)]
    return ChangedSince(tuple(fields)) if fields else None


def touched(seen: str, mine: Facts) -> frozenset[str]:
    """What a wish makes another than it was when it was seen."""
    before = _read(seen)
    now = {name: _digest(value) for name, value in mine.items()}
    return frozenset(name for name in {**before, **now} if before.get(name) != now.get(name))


def _read(seen: str) -> dict[str, str]:
    """Of what nobody here has written: everything is another."""
    try:
        return _decode(seen)
    except msgspec.DecodeError:
        return {"": ""}


def _digest(value: Any) -> str:
    return blake2b(_encode_value(value), digest_size=8).hexdigest()
