"""Every form that replaces a whole thing: two change it at once, and nobody's edit is lost."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from forms import form_of
from shopping import AtDesk, House, add_sku, house, run

import frontline
from frontline.house import assembled
from frontline.kernel.ids import following
from frontline.kernel.seen import changed_since, seen_of, touched
from frontline.web.edits import Edited
from frontline.web.session import Role

Fields = dict[str, Any]


class Case(NamedTuple):
    action: str
    made: Callable[[House, AtDesk], Awaitable[str]]  # A thing; the address of its form.
    mine: dict[str, str]
    theirs: dict[str, str]
    like: str = ""  # The field that tells it among several on the page, as in the address.


# -- Things ---------------------------------------------------------------------------------


async def _posted(desk: AtDesk, path: str, **fields: Any) -> str:
    """The id of what was made."""
    id_ = uuid4()
    answer = await desk.post(path, id=id_, **fields)
    assert answer.status_code == 200, answer.text
    return str(id_)


async def _category(_at: House, desk: AtDesk) -> str:
    return f"/desk/categories/show?id={await _posted(desk, '/desk/categories/add', name='居家')}"


async def _freight(_at: House, desk: AtDesk) -> str:
    rows = {
        "province": ["1:44"], "others": ["", ""], "sent": ["yes", "yes"], "first": ["1", "1"],
        "first_fee": ["8", "6"], "more": ["1", "1"], "more_fee": ["2", "1"], "free_from": ["", ""],
    }  # fmt: skip
    id_ = await _posted(desk, "/desk/freight/save", name="快递", **rows)
    return f"/desk/freight/show?id={id_}"


async def _shop(_at: House, _desk: AtDesk) -> str:
    return "/desk/shop"


async def _page(_at: House, _desk: AtDesk) -> str:
    return "/desk/shop/page?slug=about"


async def _banner(_at: House, desk: AtDesk) -> str:
    await _posted(desk, "/desk/shop/banner/put", place=1, picture="/demo/a.00000000.webp")
    return "/desk/shop/banner?place=1"


async def _campaign(at: House, desk: AtDesk) -> str:
    sku_id = await add_sku(at.sql, price=10_000)
    terms = {
        "name": "三人团", "rule_text": "付款后开团", "starts_at": "2026-11-11T08:00",
        "ends_at": "2026-11-18T08:00", "size": 3, "life_hours": 24, "sku_id": [sku_id],
        "price": ["79"], "leader_price": [""], "quota": ["10"],
    }  # fmt: skip
    return f"/desk/groupbuy/edit?id={await _posted(desk, '/desk/groupbuy/save', **terms)}"


PLAN = {
    "name": "双十一", "kind": "campaign", "first": "2026-11-11", "last": "2026-11-12",
    "revenue": "5000", "budget": "300",
}  # fmt: skip


async def _plan(_at: House, desk: AtDesk) -> str:
    return f"/desk/plans/edit?id={await _posted(desk, '/desk/plans/put', **PLAN)}"


async def _given(_at: House, desk: AtDesk) -> str:
    plan_id = await _posted(desk, "/desk/plans/put", **PLAN)
    await _posted(desk, "/desk/plans/give", plan_id=plan_id, budget="100", people="2")
    return f"/desk/plans/show?id={plan_id}"


async def _window(_at: House, desk: AtDesk) -> str:
    facts = {"platform": "天猫", "title": "双十二", "closes_at": "2026-11-20T18:00"}
    return f"/desk/windows/edit?id={await _posted(desk, '/desk/windows/put', **facts)}"


async def _policy(_at: House, _desk: AtDesk) -> str:
    return "/desk/authority/policies?action=refund"


async def _clerk(at: House) -> tuple[UUID, UUID]:
    """Somebody, and the position they have."""
    staff_id = await at.hire(Role.STAFF)
    await at.allow(staff_id, refund=(100, 200, 300))
    position_id = await at.sql.fetchval(
        "SELECT position_id FROM authority_person WHERE staff_id = $1", staff_id
    )
    return staff_id, position_id


async def _limit(at: House, _desk: AtDesk) -> str:
    _, position_id = await _clerk(at)
    return f"/desk/authority/limits/edit?position_id={position_id}&action=refund"


async def _person(at: House, _desk: AtDesk) -> str:
    staff_id, _ = await _clerk(at)
    return f"/desk/authority/people?person_id={staff_id}"


SAVE = "/desk/products/save"


async def _product(_at: House, desk: AtDesk) -> str:
    answer = await desk.post(SAVE, title="曲奇", values="[]", price="9.90")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["go"])


CASES = {
    "product": Case(SAVE, _product, {"price": "8.80"}, {"vendor": "小满"}),
    "category": Case("/desk/categories/change", _category, {"name": "家居"}, {"position": "7"}),
    "freight": Case("/desk/freight/save", _freight, {"name": "冷链"}, {"measure": "weight"}),
    "shop": Case("/desk/shop/put", _shop, {"phone": "400-1"}, {"notice_zh": "放假通知"}),
    "page": Case(
        "/desk/shop/page/put",
        _page,
        {"title_zh": "关于", "html_zh": "<p>甲</p>"},
        {"title_en": "We", "html_zh": "<p>甲</p>"},
    ),
    "banner": Case("/desk/shop/banner/put", _banner, {"link": "/a"}, {"title_zh": "新品"}),
    "group-buy": Case("/desk/groupbuy/save", _campaign, {"name": "五人团"}, {"size": "5"}),
    "plan": Case("/desk/plans/put", _plan, {"name": "双十二"}, {"orders": "40"}),
    "given": Case("/desk/plans/give", _given, {"people": "3"}, {"budget": "250.00"}),
    "window": Case("/desk/windows/put", _window, {"conditions": "包邮"}, {"places": "5"}),
    "policy": Case(
        "/desk/authority/policies/set", _policy, {"answer_hours": "24"}, {"money_above": "9.00"}
    ),
    "limit": Case(
        "/desk/authority/limits/set", _limit, {"money_once": "0.50"}, {"money_month": "7.00"}
    ),
    "person": Case(
        "/desk/authority/people/put", _person, {"deputy_id": ""}, {"position_id": ""}, "person_id"
    ),
}


async def _form(desk: AtDesk, case: Case, url: str) -> Fields:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    like = {case.like: query.pop(case.like)} if case.like else {}
    page = await desk.get(parts.path, **query)
    assert page.status_code == 200, page.text
    return form_of(page.text, case.action, **like)


def _with(form: Fields, changes: dict[str, str]) -> Fields:
    """The first of each column is another."""
    return form | {name: [value, *form.get(name, [""])[1:]] for name, value in changes.items()}


def _chosen(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, html
    return unescape(found[1])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", CASES)
def test_two_change_it_and_both_are_kept(name: str, language: str, database: str) -> None:
    case = CASES[name]

    async def story() -> None:
        async with house(database) as at:
            one = await at.desk(Role.OWNER, language=language)
            other = await at.desk(Role.OWNER)
            url = await case.made(at, one)
            mine, theirs = await _form(one, case, url), await _form(other, case, url)
            if name == "person":  # Somebody new stands in for them.
                case.mine["deputy_id"] = str(other.staff_id)
            done = await other.post(case.action, **_with(theirs, case.theirs))
            assert done.status_code == 200, done.text
            kept = await _form(other, case, url)

            wish = _with(mine, case.mine)
            late = await one.post(case.action, **wish)
            assert (late.status_code, late.json()["refusal"]) == (409, "changed_since"), late.text
            told = late.json()["html"]
            assert re.search(r"owner-\w+ (改过这项内容|has changed this)", told), told
            assert await _form(other, case, url) == kept

            again = await one.post(case.action, **wish, both=_chosen(told, "both"))
            assert again.status_code == 200, again.text
            now = await _form(one, case, url)
            expected = {**case.theirs, **case.mine}
            assert {field: now[field][0] for field in expected} == expected

    run(story())


def test_a_new_banner_does_not_replace_one_that_was_put_meanwhile(database: str) -> None:
    put = "/desk/shop/banner/put"

    async def story() -> None:
        async with house(database) as at:
            one, other = await at.desk(Role.OWNER), await at.desk(Role.OWNER)
            forms = [
                form_of((await each.get("/desk/shop/banner")).text, put) for each in (one, other)
            ]
            answers = [
                await each.post(put, **form | {"picture": [f"/demo/{name}.00000000.webp"]})
                for each, form, name in zip((one, other), forms, "ab", strict=True)
            ]
            assert [one.status_code for one in answers] == [200, 409]
            assert await at.sql.fetchval("SELECT picture FROM page_banner") == (
                "/demo/a.00000000.webp"
            )

    run(story())


def test_what_was_taken_away_meanwhile_may_be_put_back_whole(database: str) -> None:
    case = CASES["banner"]

    async def story() -> None:
        async with house(database) as at:
            one, other = await at.desk(Role.OWNER), await at.desk(Role.OWNER)
            mine = _with(await _form(one, case, await case.made(at, one)), case.mine)
            assert (await other.post("/desk/shop/banner/remove", place=1)).status_code == 200
            late = await one.post(case.action, **mine)
            assert late.status_code == 409
            assert 'name="both"' not in late.json()["html"]
            over = _chosen(late.json()["html"], "over")
            assert over == "{}"
            again = await one.post(case.action, **mine, both=over)
            assert again.status_code == 200, again.text
            assert await at.sql.fetchval("SELECT link FROM page_banner") == "/a"

    run(story())


# -- None is forgotten ------------------------------------------------------------------------

_FORM = re.compile(r'<form\b[^>]*\baction="([^"{]+)"[^>]*>(.*?)</form>', re.DOTALL)


def test_each_form_of_the_desk_says_what_it_was_made_of() -> None:
    """Templates whose action takes `seen` hold it; and all of them are proved above."""
    taking = {one.path for one in assembled().pages if issubclass(one.form, Edited)}
    found = set()
    for template in Path(frontline.__file__).parent.rglob("*.html"):
        for path, inside in _FORM.findall(template.read_text(encoding="utf-8")):
            if path in taking:
                assert "parts.seen(" in inside or 'name="seen"' in inside, template
                found.add(path)
    assert found == {case.action for case in CASES.values()}


# -- Digests ----------------------------------------------------------------------------------


def test_facts_are_compared_by_name_and_value() -> None:
    facts = {"a": 1, "b": ("x", None)}
    assert changed_since("", facts) is None
    assert changed_since(seen_of(facts), dict(reversed(facts.items()))) is None
    for now, fields in (
        ({"a": 2, "b": ("x", None)}, ("a",)),
        ({"a": 1}, ("b",)),
        ({**facts, "c": None}, ("c",)),
        ({}, ("a", "b")),
        ({"a": "1", "b": ("x", None)}, ("a",)),
    ):
        changed = changed_since(seen_of(facts), now)
        assert changed is not None
        assert changed.fields == fields
    assert touched(seen_of(facts), {"a": 1, "b": (), "c": 3}) == {"b", "c"}


def test_who_changed_a_thing_last_is_known_of_each_shop_alone(database: str) -> None:
    """And only of the last one: it is no history."""

    async def story() -> None:
        async with house(database) as at:
            desk, thing = await at.desk(Role.OWNER), uuid4()
            for number, name in enumerate(("居家", "家居")):
                path = "/desk/categories/change" if number else "/desk/categories/add"
                fields = {"category_id": thing, "id": following(thing, "2")} if number else {}
                answer = await desk.post(path, **({"id": thing, "name": name} | fields))
                assert answer.status_code == 200, answer.text
                at.later(hours=1)
            rows = await at.sql.fetch("SELECT shop_id, thing_id, staff_id FROM edit")
            assert [tuple(row) for row in rows] == [(1, thing, desk.staff_id)]

    run(story())


# -- Programs ---------------------------------------------------------------------------------

_RATE = {"first": 1, "first_fee": 800, "more": 1, "more_fee": 200}


async def _words(at: House, token: str) -> Any:
    return (await at.get("/api/staff/page", token)).json()


async def _template(at: House, token: str) -> Any:
    (found,) = (await at.get("/api/staff/freight", token)).json()["templates"]
    return found


async def _seen(at: House, token: str, path: str) -> Fields:
    """What the door is told of the thing that was read."""
    if path.endswith("freight/put"):
        found = await _template(at, token)
        return {"template_id": found["id"], "seen": found["seen"]}
    found = await _words(at, token)
    if path.endswith("/shop"):
        return {"seen": found["seen"]}
    name, key = ("banners", "place") if path.endswith("/banner") else ("pages", "slug")
    return {"seen": found[name][0]["seen"], key: found[name][0][key]}


@pytest.mark.parametrize(
    ("path", "first", "change"),
    [
        (
            "/api/staff/freight/put",
            {"name": "快递", "measure": "piece", "elsewhere": _RATE},
            {"name": "冷链"},
        ),
        ("/api/staff/page/shop", {"phone": "400-1"}, {"phone": "400-2"}),
        (
            "/api/staff/page/page",
            {"slug": "trust", "title": {"zh": "保障"}, "html": {"zh": "<p>甲</p>"}},
            {"html": {"zh": "<p>乙</p>"}},
        ),
        (
            "/api/staff/page/banner",
            {"place": 1, "picture": "/demo/a.00000000.webp"},
            {"link": "/a"},
        ),
    ],
)
def test_programs_may_say_what_they_have_seen(
    path: str, first: Fields, change: Fields, database: str
) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.OWNER)
            made = await at.post(path, token, id=str(uuid4()), **first)
            assert made.status_code == 200, made.text
            wish = {**first, **change, **await _seen(at, token, path)}
            statuses = []
            for seen in (wish["seen"], wish["seen"], ""):
                answer = await at.post(path, token, **{**wish, "id": str(uuid4()), "seen": seen})
                statuses.append(answer.status_code)
            assert statuses == [200, 409, 200]

    run(story())
