"""Codes: short, in WeChat's letters, and not to be made by anybody else."""

from __future__ import annotations

import re
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from frontline.shop.share import codes
from frontline.shop.share.codes import code, id_of, proved
from frontline.shop.share.messages import Channel, CodeId, Kind

KEYS = st.binary(min_size=32, max_size=32)
IDS = st.text("abcXYZ019-_", min_size=12, max_size=12).map(CodeId)
NUMBERS = st.integers(0, codes.KEYS_MAX - 1)


@given(KEYS, NUMBERS, IDS)
def test_a_code_is_a_scene_and_needs_no_escaping(key: bytes, number: int, id_: CodeId) -> None:
    made = code(key, number, id_)
    assert re.fullmatch(r"[0-9A-Za-z_-]{26}", made)
    assert codes.parts(made)[:2] == (number, id_)
    assert proved(made, {number: key}) == id_


@given(KEYS, NUMBERS, IDS, st.data())
def test_a_code_with_any_letter_changed_is_forged(
    key: bytes, number: int, id_: CodeId, data: st.DataObject
) -> None:
    made = code(key, number, id_)
    place = data.draw(st.integers(0, len(made) - 1))
    letter = data.draw(st.sampled_from("ABCabc012-_").filter(lambda it: it != made[place]))
    forged = made[:place] + letter + made[place + 1 :]
    everywhere = dict.fromkeys(range(codes.KEYS_MAX), key)
    assert proved(forged, everywhere) is None


@given(KEYS, KEYS, NUMBERS, IDS)
def test_another_key_proves_nothing(key: bytes, other: bytes, number: int, id_: CodeId) -> None:
    made = code(key, number, id_)
    assert proved(made, {}) is None
    assert proved(made, {(number + 1) % codes.KEYS_MAX: key}) is None
    assert key == other or proved(made, {number: other}) is None


@given(st.text(max_size=40))
def test_whatever_else_is_no_code(told: str) -> None:
    assert proved(told, {0: bytes(32)}) is None


def test_each_wish_has_its_own_share() -> None:
    sharers, targets = [uuid4(), uuid4()], ["home", "home friend", str(uuid4())]
    wishes = [
        (sharer, kind, target, channel)
        for sharer in sharers
        for kind in Kind
        for target in targets
        for channel in Channel
    ]
    assert len({id_of(*wish) for wish in wishes}) == len(wishes)
    assert id_of(*wishes[0]) == id_of(*wishes[0])


def test_a_key_is_made_of_all_the_chance_there_is() -> None:
    id_ = uuid4()
    made = {
        codes.new_key(*told)
        for told in ((1, id_, b""), (2, id_, b""), (1, uuid4(), b""), (1, id_, b"before"))
    }
    assert {len(key) for key in made} == {32}
    assert len(made) == 4
