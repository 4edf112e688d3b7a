"""How searches are written down, which are not, and what a synonym makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.shop.search.wording import WAYS_MAX, WORD_MAX, is_kept, normal, ways


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("  曲奇  ", "曲奇"),
        ("ＴＥＡ　Cup", "tea cup"),
        ("“黄油曲奇”！", "黄油曲奇"),
        ("500g 红茶", "500g 红茶"),
        ("??!", ""),
        ("", ""),
    ],
)
def test_a_search_is_written_one_way(said: str, word: str) -> None:
    assert normal(said) == word


@given(st.text(max_size=60))
def test_writing_it_again_changes_nothing(said: str) -> None:
    assert normal(normal(said)) == normal(said)


@pytest.mark.parametrize(
    "said",
    [
        *("13800138000", "138 0013 8000", "我的电话13800138000", "+86-138-0013-8000"),
        *("44030519900307123X", "SF1234567890123", "me@example.com", "6901234567892"),
        *("广东省深圳市", "深圳市南山区科技园路1号", "南山区科苑路15号3栋", "幸福小区 12 栋"),
        *("3号楼602室", "12 Nelson Street", "x" * (WORD_MAX + 1), ""),
    ],
)
def test_what_may_be_somebodys_own_is_not_kept(said: str) -> None:
    assert not is_kept(normal(said))


@pytest.mark.parametrize(
    "said",
    [
        *("曲奇饼", "5号电池", "42码 跑鞋", "上海青", "北京烤鸭", "沙县小吃", "路由器", "公路车"),
        *("100ml 香水", "iphone 17 pro max", "街头风外套 2026", "室内香薰", "4 street lanterns"),
    ],
)
def test_goods_are_kept(said: str) -> None:
    assert is_kept(normal(said))


def test_a_synonym_is_one_more_way_to_say_it() -> None:
    known = [("曲奇饼", "曲奇"), ("番茄", "西红柿"), ("tea", "infusion")]
    assert ways("曲奇饼", known) == ["曲奇饼", "曲奇"]
    assert ways("黄油曲奇饼 礼盒", known) == ["黄油曲奇饼 礼盒", "黄油曲奇 礼盒"]
    assert ways("番茄 曲奇饼", known) == [
        *("番茄 曲奇饼", "番茄 曲奇", "西红柿 曲奇饼", "西红柿 曲奇")
    ]
    assert ways("green Tea", known) == ["green Tea", "green infusion"]
    assert ways("steak", known) == ["steak"]
    assert ways("steam", []) == ["steam"]


def test_synonyms_of_each_other_do_not_go_round_and_round() -> None:
    found = ways("番茄", [("番茄", "西红柿"), ("西红柿", "番茄")])
    assert found == ["番茄", "西红柿"]


@given(
    st.text("ab番茄 ", max_size=12),
    st.lists(st.tuples(st.text("ab番茄", min_size=1, max_size=3), st.text("ab茄", min_size=1))),
)
def test_ways_are_few_and_begin_with_what_was_said(said: str, known: list[tuple[str, str]]) -> None:
    found = ways(said, known)
    assert found[0] == said
    assert len(found) <= WAYS_MAX
