"""Lists and the search, in a browser: filters, kept views, chosen rows, dense and roomy."""

from __future__ import annotations

from playwright.sync_api import expect

from desks import Desk


def test_a_view_is_kept_taken_away_and_taken_back(every_desk: Desk) -> None:
    desk = every_desk
    me = desk.sign_in("staff")
    desk.open("/desk/orders")
    if desk.page.viewport_size["width"] < 700:
        desk.tap(desk.t("筛选", "Filter"))
    desk.fill(desk.t("状态", "State"), desk.t("待发货", "To be sent"))
    desk.page.wait_for_url("**/desk/orders?state=to_ship**")
    desk.tap(desk.t("保存为视图", "Keep this view"))
    desk.fill(desk.t("视图名称", "Name of the view"), "早上先看")
    desk.tap(desk.t("保存", "Keep"))
    desk.see(desk.t("视图已保存", "The view is kept"))
    kept = "SELECT query, shared FROM saved_view WHERE staff_id = $1"
    assert desk.town.rows(kept, me) == [{"query": "state=to_ship", "shared": False}]
    desk.open("/desk/orders")
    desk.tap("早上先看")
    desk.page.wait_for_url("**/desk/orders?state=to_ship")
    assert not desk.wide()
    desk.page.get_by_role("button", name=desk.t("删除视图", "Remove the view")).click()
    desk.see(desk.t("视图已删除", "The view is gone"))
    assert desk.town.rows(kept, me) == []
    desk.tap(desk.t("撤销", "Undo"))
    desk.see("早上先看")
    assert len(desk.town.rows(kept, me)) == 1


def test_what_is_typed_is_found_while_typing(desk: Desk) -> None:
    desk.sign_in("owner")
    desk.open("/desk/me")
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("黄油曲奇", delay=20)
    hit = desk.page.locator("#hits a").first
    expect(hit).to_contain_text("黄油曲奇")
    assert not desk.barriers()
    hit.click()
    desk.page.wait_for_url("**/desk/products/**")


def test_the_search_of_a_phone_is_a_page(phone_desk: Desk) -> None:
    phone_desk.sign_in("owner")
    phone_desk.open("/desk/me")
    phone_desk.page.get_by_role("link", name="搜索").locator("visible=true").click()
    phone_desk.page.locator("#words").fill("曲奇")
    phone_desk.page.keyboard.press("Enter")
    phone_desk.see("商品")
    phone_desk.unseen("没有找到")


def test_lists_are_dense_where_that_was_chosen(desk: Desk) -> None:
    desk.sign_in("staff")
    desk.open("/desk/orders")
    expect(desk.page.locator(".desk-table.table-sm")).to_have_count(0)
    desk.page.get_by_label("我的账号").locator("visible=true").click()
    desk.tap("列表紧凑")
    expect(desk.page.locator(".desk-table.table-sm")).to_have_count(1)


def test_files_of_a_list_are_what_is_filtered(desk: Desk) -> None:
    desk.sign_in("staff")
    desk.open("/desk/orders?state=to_ship")
    desk.tap("导出")
    with desk.page.expect_download() as waiting:
        desk.tap("CSV")
    text = open(waiting.value.path(), encoding="utf-8-sig").read()
    shown = desk.page.locator(".desk-table tbody tr").count()
    assert text.count("\n") == shown + 1
    assert "待发货" in text
