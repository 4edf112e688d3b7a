"""Owner's journey: what customers searched for in vain is found after one tap, or not after all."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

from desks import Desk
from playwright.sync_api import expect

from frontline.engine.engine import new_id
from frontline.shop.search.messages import Asked, RecordSearches
from town import Town


def _found(town: Town, word: str) -> bool:
    answer = town.get("/api/products/list", q=word)
    return bool(answer["items"]) and not answer.get("near", False)


def _look_for(town: Town, word: str, people: int) -> None:
    who = tuple(f"somebody {number}" for number in range(people))
    asked = Asked(word, people, people, who)
    day = town.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()
    wish = RecordSearches(id=new_id(), day=day, searches=people, without=people, words=(asked,))
    town.ask(town.opened.engine.submit(town.shop_id, wish))


def test_a_word_is_made_to_find_what_is_meant(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    t = desk.t
    word = "曲奇" + "".join(chr(random.randrange(0x9000, 0x9500)) for _ in range(2))
    _look_for(town, word, 60)
    assert not _found(town, word)

    # On her screen, with what can be done about it.
    desk.sign_in("owner")
    desk.open("/desk")
    card = desk.page.locator("#place-30")
    row = card.locator(".list-group-item", has_text=word)
    expect(row).to_contain_text(t("次没结果", "times without result"))
    assert not desk.wide()
    row.get_by_role("button", name=t("等同“曲奇”", "Same as “曲奇”")).click()
    desk.see(t(f"已设置：搜“{word}”也能搜到“曲奇”", f"“{word}” now also finds “曲奇”"))
    desk.tap(t("撤销", "Undo"))  # At once: what is said goes again.
    town.until(lambda: not town.rows("SELECT 1 FROM search_synonym WHERE word = $1", word))
    assert not _found(town, word)

    # The page of the word: she writes another one, and the list knows it.
    desk.open(f"/desk/searches?q={word}")
    desk.page.locator("#bulk").get_by_role("link", name=word).click()
    desk.fill(t("同义词", "Synonym"), "蛋卷")
    desk.tap(t("保存", "Save"))
    desk.see(t(f"已设置：搜“{word}”也能搜到“蛋卷”", f"“{word}” now also finds “蛋卷”"))
    town.until(lambda: _found(town, word))
    found = desk.barriers()
    assert not found, "\n".join(found)
    desk.open("/desk")
    expect(card).to_contain_text(t("全部搜索词", "All searches"))
    expect(row).to_have_count(0)
    desk.open("/desk/searches")
    desk.see(t("每天的搜索", "Searches by day"))
    item = desk.page.locator("#synonyms li", has_text=word)
    item.get_by_role("button", name=t("删除同义词", "Remove the synonym")).click()
    expect(item).to_have_count(0)
    town.until(lambda: not _found(town, word))
    assert not desk.wide()
