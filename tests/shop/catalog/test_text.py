"""Cleaning of rich text, and how words are written to be found."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontline.shop.catalog.text import cleaned, likeness, patterns, searchable, variations

WRITING = st.text("羽绒被床品aBc12é-_%\\ ，Ａ한が", max_size=12)


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>好<script>alert(1)</script></p>", "<p>好</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<img src="https://a.test/1.png" onerror="x()">', '<img src="https://a.test/1.png">'),
        ('<p style="position:fixed" class="a" id="b">a</p>', "<p>a</p>"),
        ("<svg><script>1</script></svg><iframe src='//a.test'></iframe>b", "b"),
        ("<form action='/pay'><input name=a><button>付款</button></form>", "付款"),
        ("<!-- secret -->a", "a"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        (
            "<table><tr><td colspan=2>a",
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ),
    ],
)
def test_only_harmless_rich_text_is_kept(html: str, safe: str) -> None:
    assert cleaned(html) == safe


@given(st.text("<>&\"'/=!- \n\rabscriptpe羽", max_size=60))
@example("<pre>\n\n a</pre>")
@example("&amp;lt;script&amp;gt;")
def test_cleaning_again_changes_nothing(html: str) -> None:
    once = cleaned(html)
    assert cleaned(once) == once


def _like(pattern: str, written: str) -> bool:
    assert "\\" not in pattern
    meaning = {"%": ".*", "_": "."}
    wanted = "".join(meaning.get(one) or re.escape(one) for one in pattern)
    return re.fullmatch(wanted, written, re.S) is not None


def _found(query: str, *parts: str) -> bool:
    wanted = patterns(query)
    assert not any("_" in pattern for pattern in wanted), "it would mean something to LIKE"
    return bool(wanted) and all(_like(pattern, searchable(parts)) for pattern in wanted)


@pytest.mark.parametrize(
    "query",
    ["羽绒", "绒", "羽绒被 白鹅", "鹅绒 加厚", "ABC", "bc-12", "1006002", "cafe", "ＣＡＦÉ"],
)
def test_part_of_it_finds_it(query: str) -> None:
    assert _found(query, "白鹅绒秋冬加厚羽绒被", "Café", "abc-1200", "1006002-7")


@pytest.mark.parametrize("query", ["羽被", "bd", "羽绒 猫", "ljob", "lj", "%", "_", "％", "'", ""])
def test_what_is_not_in_it_does_not(query: str) -> None:
    assert not _found(query, "白鹅绒秋冬加厚羽绒被", "Café", "abc-1200")


@given(WRITING, st.data())
def test_every_part_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title)))
    part = title[start : data.draw(st.integers(start, len(title)))]
    assert _found(part, title) == bool(patterns(part))


def _forgiven(query: str, *parts: str) -> bool:
    written = searchable(parts)
    return any(all(_like(pattern, written) for pattern in one) for one in variations(query))


@pytest.mark.parametrize(
    "query",
    ["羽绒杯", "绒被羽绒", "雨绒被", "羽线被", "羽绒绒被", "加羽绒被", "白鹅绒 猫", "羽绒杯 cafe"],
)
def test_one_wrong_character_is_forgiven(query: str) -> None:
    assert not _found(query, "白鹅绒秋冬加厚羽绒被", "Café")
    assert _forgiven(query, "白鹅绒秋冬加厚羽绒被", "Café")


@pytest.mark.parametrize(
    "query", ["pollow", "pilow", "pilllow", "pillwo", "oillow", "pillo", "red pollow", "ppillow"]
)
def test_one_wrong_letter_is_forgiven(query: str) -> None:
    assert _forgiven(query, "A red pillow", "x-1")


@pytest.mark.parametrize("query", ["polow", "pallaw", "owpill", "rad", "blue pillow"])
def test_two_wrong_letters_are_not(query: str) -> None:
    assert not _forgiven(query, "A red pillow", "x-1")


@pytest.mark.parametrize("query", ["羽杯", "雨线被", "被", "lantren", "猫 狗 cafe"])
def test_two_are_not(query: str) -> None:
    assert not _forgiven(query, "白鹅绒秋冬加厚羽绒被", "Café")


@given(st.text("羽绒被床品a b", min_size=3, max_size=8), st.data())
def test_any_one_character_may_be_wrong(title: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([place for place, one in enumerate(title) if one > "z"] or [0]))
    mistyped = f"{title[:at]}错{title[at + 1 :]}"
    if all(len(likeness(term).split()) >= 3 for term in mistyped.split()):
        assert _forgiven(mistyped, title)
