"""The harness itself: what goes wrong on a page is seen, and the mini program's world is honest."""

from __future__ import annotations

import io
from pathlib import Path

import node
import phones
import pytest
import storefront
from PIL import Image
from phones import AS_PHONE, Phone


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("throw new Error('boom')", "page error: Error: boom"),
        ("console.error('odd')", "console: odd"),
        ("Promise.reject({status: 7})", 'unhandled: {"status":7}'),
        ("fetch('/api/products/show?id=x').catch(() => 0)", "answer 400: GET /api/products/show"),
        ("fetch('/api/nowhere').catch(() => 0)", "answer 404: GET /api/nowhere (no refusal)"),
        (
            "document.body.append(Object.assign(new Image(), {src: '/m/static/no.png'}))",
            "answer 404: GET /m/static/no.png",
        ),
        ("fetch('http://stranger.test/').catch(() => 0)", "leaves the shop: http://stranger.test/"),
    ],
)
def test_what_goes_wrong_on_a_page_fails_its_test(browser, town, script: str, problem: str) -> None:
    with pytest.raises(AssertionError) as failed:
        with phones.phone(browser, "harness", lambda page: Phone(page, town), **AS_PHONE) as phone:
            phone.page.goto(f"{town.url}/livez")
            phone.page.evaluate(f"setTimeout(() => {{ {script} }})")
            while not (phone.problems or phone._heard):
                phone.page.wait_for_timeout(20)
    assert problem in str(failed.value)


def test_the_screen_of_a_test_that_failed_is_kept(browser, town, capsys, monkeypatch) -> None:
    monkeypatch.setattr(phones, "_failed", {"harness-kept"})
    with phones.phone(browser, "harness-kept", lambda page: Phone(page, town)) as phone:
        phone.page.goto(f"{town.url}/livez")
    assert "harness-kept" in capsys.readouterr().out


def test_a_refusal_is_no_failure_and_what_was_foreseen_neither(phone, town) -> None:
    phone.foresee(r"console: on purpose")
    phone.page.goto(f"{town.url}/livez")
    phone.page.evaluate("fetch('/api/me')")
    phone.page.evaluate("console.error('on purpose')")
    phone.settle()


def test_axe_finds_what_keeps_people_out(phone, town) -> None:
    phone.page.goto(f"{town.url}/livez")
    phone.page.set_content("<html lang=zh><title>x</title><main><button></button></main></html>")
    assert any("button-name" in each for each in phone.barriers())


def test_time_can_be_moved_and_the_clockwork_sees_it(own_town) -> None:
    before = own_town.clock()
    token = own_town.member("13900000001")
    own_town.later(days=400)
    assert (own_town.clock() - before).days == 400
    answer = own_town.http.get(
        own_town.url + "/api/me", headers={"authorization": f"Bearer {token}"}
    )
    assert answer.json()["refusal"] == "signed_out"


def test_tables_are_read_past_all_doors(town) -> None:
    token = town.member("13900000002")
    found = town.row("SELECT count(*) AS n FROM member WHERE phone = $1", "13900000002")
    assert found["n"] == 1, town.get("/api/me", token)


def test_the_mini_program_starts_and_its_tabs_work(miniprogram) -> None:
    miniprogram.open()
    miniprogram.tap("分类")
    assert miniprogram.path == "pages/category/category"
    miniprogram.tap("首页")
    assert miniprogram.path == "pages/home/home"


def test_wechat_tells_who_somebody_is(miniprogram, town) -> None:
    miniprogram.nickname = "谷雨"
    token = miniprogram.sign_in()
    miniprogram.open("pages/mine/mine")
    miniprogram.settle()
    assert town.get("/api/me", token)["id"]
    again = town.simulator("/simulator/login", nickname="谷雨")["openid"]
    assert town.row("SELECT count(*) AS n FROM member WHERE openid = $1", again)["n"] == 1


def test_a_card_leads_to_the_page_it_was_made_of(miniprogram, town) -> None:
    product = town.get("/api/products/list", limit=1)["items"][0]
    miniprogram.open(f"pages/product/product?id={product['id']}")
    miniprogram.see(product["title"])
    card = miniprogram.card()
    assert product["title"] in card["title"]


def test_the_person_chooses_pictures_and_closes_the_sheet(miniprogram) -> None:
    content = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(content, "PNG")
    miniprogram.open()
    ask = "(name, wish) => new Promise(done => wx[name]({...wish, success: done, fail: done}))"
    asked = f"([name, wish]) => ({ask})(name, wish)"
    refused = miniprogram.page.evaluate(asked, ["chooseImage", {}])
    assert refused["errMsg"] == "chooseImage:fail cancel"
    miniprogram.pictures = [content.getvalue()]
    chosen = miniprogram.page.evaluate(asked, ["chooseImage", {}])
    assert chosen["tempFilePaths"][0].startswith("data:image/png;base64,")
    miniprogram.pays = False
    closed = miniprogram.page.evaluate(asked, ["requestPayment", {"package": "prepay_id=x"}])
    assert closed["errMsg"] == "requestPayment:fail cancel"


def test_an_unknown_call_is_an_error(miniprogram) -> None:
    miniprogram.open()
    with pytest.raises(Exception, match="wx.openEmbeddedMiniProgram is not a function"):
        miniprogram.page.evaluate("wx.openEmbeddedMiniProgram({})")


def packs(dist: Path, tmp_path: Path) -> str:
    out = tmp_path / "out.html"
    done = node.run(storefront.TESTS, "node", "miniprogram/pack.cjs", dist, out)
    return "" if done.returncode == 0 else done.stdout


def test_what_wechat_would_not_take_is_not_packed(built: Path, tmp_path: Path) -> None:
    page = tmp_path / "dist" / "pages" / "home"
    page.mkdir(parents=True)
    (page.parents[1] / "app.json").write_text('{"pages": ["pages/home/home", "pages/gone"]}')
    (page / "home.js").write_text("")
    (page / "home.json").write_text('{"usingComponents": {"card": "../card"}}')
    (page / "home.wxml").write_text("<view><text>{{a</text></view>")
    told = packs(page.parents[1], tmp_path)
    assert "pages/gone" in told
    assert "card is nowhere" in told
    assert "pages/home/home.wxml" in told
