"""Coming in and going out, in a browser: an owner with an authenticator, and another session ended."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from desks import Desk
from playwright.sync_api import expect
from town import Town

from frontline.shop.staff.cli import make_staff
from frontline.shop.staff.second import STEP_S, code_at
from frontline.web.session import Role

PASSWORD = "an owner's long password"


def hired(town: Town, name: str, role: Role = Role.OWNER) -> UUID:
    return town.ask(make_staff(town.opened.database, town.shop_id, name, PASSWORD, role))


def sign_in(desk: Desk, name: str, password: str = PASSWORD, code: str = "") -> None:
    desk.open("/desk/login")
    desk.fill(desk.t("用户名", "Name"), name)
    desk.fill(desk.t("密码", "Password"), password)
    if code:
        desk.fill(desk.t("动态验证码", "Code of your authenticator"), code)
    desk.tap(desk.t("登录", "Sign in"))


def sessions(town: Town, staff_id: UUID) -> list[dict[str, Any]]:
    return town.rows("SELECT created_at, agent FROM session WHERE actor_id = $1", staff_id)


def fresh_code(town: Town, staff_id: UUID) -> str:
    """One that was not used: the next, where the one of now was."""
    row = town.row("SELECT secret, used FROM staff_totp WHERE staff_id = $1", staff_id)
    step = max(int(town.clock().timestamp()) // STEP_S, row["used"] + 1)
    return code_at(row["secret"], datetime.fromtimestamp(step * STEP_S, UTC))


def test_an_owner_signs_in_with_a_code_and_ends_another_session(
    every_desk: Desk, desks_of: Callable[..., Desk], request: Any
) -> None:
    desk, town = every_desk, every_desk.town
    name = f"owner {request.node.callspec.id}"
    owner_id = hired(town, name)
    elsewhere = desks_of(town, language=desk.language)
    sign_in(elsewhere, name)
    elsewhere.page.wait_for_url("**/desk")

    sign_in(desk, name)
    desk.tap(desk.t("现在开启", "Set it up now"))
    typed = desk.page.locator("[data-secret]").inner_text()
    secret = b32decode(typed.replace(" ", ""))
    assert (
        secret == town.row("SELECT secret FROM staff_totp WHERE staff_id = $1", owner_id)["secret"]
    )
    desk.fill(desk.t("动态验证码", "Code"), code_at(secret, town.clock()))
    desk.tap(desk.t("开启", "Turn it on"))
    expect(desk.page.locator(".desk-codes code")).to_have_count(8)
    assert not desk.barriers()
    desk.tap(desk.t("我已保存", "I have kept them"))
    desk.see(desk.t("剩余恢复码 8 个", "8 recovery codes left"))

    menu = desk.page.get_by_label(desk.t("我的账号", "My account")).locator("visible=true")
    menu.first.click()
    desk.tap(desk.t("退出登录", "Sign out"))
    desk.page.wait_for_url("**/desk/login")
    sign_in(desk, name)
    desk.see(desk.t("您已开启两步验证", "Two-step sign-in is on"))
    assert len(sessions(town, owner_id)) == 1
    sign_in(desk, name, code=fresh_code(town, owner_id))
    desk.page.wait_for_url("**/desk")
    assert len(sessions(town, owner_id)) == 2

    desk.open("/desk/me")
    desk.see(desk.t("本机", "This one"))
    desk.tap(desk.t("退出", "Sign out"))
    desk.see(desk.t("已退出 1 个设备", "1 signed out"))
    assert len(sessions(town, owner_id)) == 1
    elsewhere.open("/desk/me")
    elsewhere.page.wait_for_url(re.compile("/desk/login"))


def test_without_script_everything_still_works(desks_of: Callable[..., Desk], town: Town) -> None:
    hired(town, "plain")
    desk = desks_of(town, java_script_enabled=False)
    desk.page.goto(f"{town.url}/desk/login?next=/desk/staff/new")
    desk.page.fill("#name", "plain")
    desk.page.fill("#password", PASSWORD)
    desk.page.click("button.btn-primary")
    desk.page.fill("#f-name", "小吴")
    desk.page.fill("#f-password", "0123456789")
    desk.page.click("main button[type=submit]")
    assert desk.page.url.endswith("/desk/staff")
    expect(desk.page.locator("[data-toast]")).to_contain_text("已添加 小吴")
    row = town.row("SELECT role, areas IS NULL AS everything FROM staff WHERE name = '小吴'")
    assert row == {"role": "staff", "everything": False}


def test_what_is_wrong_is_told_at_the_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.sign_in("owner")
    desk.open("/desk/staff/new")
    desk.fill("用户名", "小郑")
    desk.fill("初始密码", "aaaaaaaaaaaa")
    desk.tap("添加")
    expect(desk.page.locator('[data-error="password"]')).to_contain_text("不能过于简单")
    expect(desk.page.get_by_label("用户名")).to_have_value("小郑")
    expect(desk.page.get_by_label("初始密码")).to_be_focused()
    assert not desk.barriers()
    desk.fill("初始密码", "abcdefghij 12")
    desk.tap("添加")
    desk.see("已添加 小郑")


def test_language_and_theme_are_kept(phone_desk: Desk) -> None:
    desk = phone_desk
    desk.sign_in("staff")
    desk.open("/desk/me")
    menu = desk.page.get_by_label("我的账号").locator("visible=true")
    menu.click()
    desk.tap("深色")
    expect(desk.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    menu.click()
    desk.tap("English")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    desk.page.reload()
    expect(desk.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    desk.see("Account and security")


def test_keys_lead_about(desk: Desk) -> None:
    desk.sign_in("owner")
    desk.open("/desk/me")
    desk.page.keyboard.press("?")
    expect(desk.page.locator("#help")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#help")).to_be_hidden()
    desk.page.keyboard.press("/")
    expect(desk.page.locator("#search")).to_be_focused()
    desk.page.keyboard.press("Escape")
    desk.page.locator("#search").blur()
    desk.page.keyboard.press("g")
    desk.page.keyboard.press("o")
    desk.page.wait_for_url("**/desk/orders")
    desk.page.keyboard.press("j")
    expect(desk.page.locator("tr.desk-at")).to_have_count(1)


def test_the_first_stop_of_the_keyboard_is_the_way_to_the_content(desk: Desk) -> None:
    desk.sign_in("staff")
    desk.open("/desk/me")
    desk.page.keyboard.press("Tab")
    skip = desk.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#main")).to_be_focused()


def test_pages_hear_of_what_others_do(desk: Desk) -> None:
    desk.sign_in("owner")
    with desk.page.expect_response("**/desk/feed"):  # What happens before is on the page already.
        desk.open("/desk/orders")
    listen = (
        "document.body.addEventListener('desk:changed', ({detail}) => { window.heard = detail })"
    )
    desk.page.evaluate(f"window.heard = null; {listen}")
    desk.settle()
    member = desk.town.member("13911112222")
    product = desk.town.get("/api/products/list")["items"][0]
    sku = desk.town.get("/api/products/show", id=product["id"])["skus"][0]
    address = str(desk.town.address(member))
    lines = [{"sku_id": sku["id"], "quantity": 1}]
    desk.town.post("/api/orders/place", member, id=str(uuid4()), lines=lines, address_id=address)
    heard = desk.town.until(lambda: desk.page.evaluate("window.heard"))
    assert "order" in heard["features"]
