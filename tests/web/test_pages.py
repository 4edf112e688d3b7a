"""Every page of the desk, as everybody: who may come in, and what becomes of what should not be sent."""

from __future__ import annotations

import asyncio
import re
import types
from collections.abc import Iterator
from datetime import date, datetime
from enum import EnumMeta
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from databases import new_database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shopping import SHOP, AtDesk, House, house, run

from frontline.desk.asked import SESSION, csrf_of
from frontline.desk.desk import Desk
from frontline.house import assembled
from frontline.kernel.words import ShopId
from frontline.web.door import OF_STAFF, Who
from frontline.web.pages import Amount, Page, Rate, Upload
from frontline.web.session import EVERYWHERE, SEE, Role

BUILT = assembled()
PAGES: tuple[Page, ...] = Desk(BUILT.features, BUILT.pages, None, lambda: None).pages  # type: ignore[arg-type]
HEADERS = {"origin": "http://shop.test"}


async def knock(desk: AtDesk, page: Page, **fields: Any) -> httpx.Response:
    """As a browser without script; a POST with its token and an id, and nothing else."""
    if page.method == "GET":
        return await desk.get(page.path)
    return await desk.post(page.path, by="page", **fields)


def at_desk(at: House, token: str) -> AtDesk:
    return AtDesk(at.http, token, uuid4())


# -- Who may come in ----------------------------------------------------------------------


def to_login(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/desk/login")


@pytest.mark.parametrize("role", [None, Role.MEMBER])
def test_whoever_is_not_of_the_staff_is_sent_to_the_door(database: str, role: Role | None) -> None:
    async def walk() -> None:
        async with house(database) as at:
            token = await at.token(role) if role else ""
            for page in PAGES:
                answer = await knock(at_desk(at, token), page)
                assert to_login(answer), (page.path, answer.status_code)

    run(walk())


@pytest.mark.parametrize("role", [Role.STAFF, Role.OWNER])
def test_every_page_lets_in_whom_it_should(database: str, role: Role) -> None:
    async def walk() -> None:
        async with house(database) as at:
            wrong: list[Any] = []
            for page in PAGES:
                desk = await at.desk(role)  # Some of them end sessions.
                answer = await knock(desk, page)
                if page.who is Who.OWNER and role is Role.STAFF:
                    right = answer.status_code == 403
                else:
                    right = answer.status_code < 500 and answer.status_code not in {401, 403, 405}
                if not right or to_login(answer):
                    wrong.append((page.method, page.path, answer.status_code))
            assert wrong == []

    run(walk())


def test_staff_come_into_their_areas_and_no_others(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            shut = await at.desk(Role.STAFF, areas=[])
            for page in PAGES:
                if page.who is not Who.STAFF:
                    continue
                free = page.area == EVERYWHERE
                if not free:
                    answer = await knock(shut, page)
                    assert answer.status_code == 403, (page.path, answer.status_code)
                seeing = await at.desk(Role.STAFF, areas=[page.area + SEE])
                acting = await at.desk(Role.STAFF, areas=[page.area])
                seen = (await knock(seeing, page)).status_code
                assert (seen == 403) == (page.method == "POST" and not free), page.path
                assert (await knock(acting, page)).status_code != 403, page.path

    run(walk())


def test_doors_of_staff_have_areas_too(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            for door in BUILT.doors:
                if door.who not in OF_STAFF or door.area == EVERYWHERE:
                    continue
                assert door.area, door.path
                for areas, may in (
                    ((), ()),
                    ((door.area + SEE,), ("GET",)),
                    ((door.area,), ("GET", "POST")),
                ):
                    token = await at.opened.sessions.open(SHOP, uuid4(), Role.STAFF, areas=areas)
                    ask = at.get if door.method == "GET" else at.post
                    answer = await ask(door.path, token)
                    let_in = answer.status_code != 403
                    expected = door.method in may and door.who is Who.STAFF
                    assert let_in == expected, (door.path, areas, answer.text)

    run(walk())


def test_an_owner_of_another_shop_sees_that_shop(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'The other shop', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            token = await at.opened.sessions.open(ShopId(2), uuid4(), Role.OWNER)
            for page in PAGES:
                answer = await knock(at_desk(at, token), page)
                assert answer.status_code < 500, (page.path, answer.text[-900:])
                if answer.status_code == 200 and answer.text.startswith("<!doctype html>"):
                    assert "The other shop" in answer.text, page.path
                    assert "Demo</title>" not in answer.text, page.path

    run(walk())


def test_what_the_menu_leads_to_can_be_opened(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            wrong = []
            for page in PAGES:
                if page.menu is not None:
                    for language in ("zh", "en"):
                        desk.language = language
                        answer = await desk.get(page.path)
                        if answer.status_code != 200:
                            wrong.append((page.path, language, answer.status_code))
            assert wrong == []

    run(walk())


# -- What another site might send ---------------------------------------------------------

FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "https://evil.test"},
    {"origin": "http://shop.test", "sec-fetch-site": "cross-site"},
    {"origin": "http://shop.test", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "null"},
    {},
)


def test_nothing_is_done_for_another_site(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            cookie = {"cookie": f"{SESSION}={desk.token}"}
            data = {"csrf": csrf_of(desk.token.encode()), "id": str(uuid4())}
            for page in (one for one in PAGES if one.method == "POST"):
                for headers in FOREIGN:
                    answer = await at.http.post(page.path, data=data, headers=cookie | headers)
                    assert answer.status_code == 403, (page.path, headers)
                for csrf in ("", "0" * 32, csrf_of(b"1.another")):
                    sent = data | {"csrf": csrf}
                    answer = await at.http.post(page.path, data=sent, headers=cookie | HEADERS)
                    assert answer.status_code == 403, (page.path, csrf)
            assert (await desk.get("/desk")).status_code == 200

    run(walk())


def test_a_token_in_a_header_is_as_good_as_in_the_form(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            headers = HEADERS | {
                "cookie": f"{SESSION}={desk.token}",
                "frontline-csrf": csrf_of(desk.token.encode()),
                "frontline-desk": "form",
            }
            answer = await at.http.post("/desk/me/end", data={}, headers=headers)
            assert answer.status_code == 200, answer.text

    run(go())


# -- What should not be sent --------------------------------------------------------------


def test_ten_megabytes_and_nuls_are_refused(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            for page in (one for one in PAGES if one.method == "POST"):
                if not any(holds(one.type, Upload) for one in msgspec.structs.fields(page.form)):
                    answer = await desk.post(page.path, filler="x" * 10_485_760)
                    assert (answer.status_code, answer.json()["refusal"]) == (413, "too_large"), (
                        page
                    )
                answer = await desk.post(page.path, filler="a\0b")
                assert (answer.status_code, answer.json()["refusal"]) == (400, "malformed"), page

    run(walk())


JUNK = (b"", b"%ff%fe", b"a=%00", b"&" * 9_000, b"a=1&" * 9_000, b"\xff\xfe", b"{}", b"=" * 99)


def test_junk_is_never_a_bug(database: str) -> None:
    async def walk() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            headers = desk._headers() | HEADERS | {"frontline-csrf": csrf_of(desk.token.encode())}
            for page in (one for one in PAGES if one.method == "POST"):
                for kind in (
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "",
                ):
                    for junk in (
                        *JUNK,
                        b"--x\r\n\r\n\r\n--x--",
                        b"--x--",
                        b'--x\r\nContent-Disposition: form-data; name="a\0"\r\n\r\n1\r\n--x--',
                    ):
                        if kind.startswith("multi") or junk in JUNK:
                            answer = await at.http.post(
                                page.path, content=junk, headers=headers | {"content-type": kind}
                            )
                            assert answer.status_code < 500, (page.path, kind, junk, answer.text)
                desk = await at.desk(Role.OWNER) if page.path.endswith("/end") else desk

    run(walk())


def holds(of: Any, kind: Any) -> bool:
    return of is kind or any(holds(one, kind) for one in get_args(of))


def texts(of: Any) -> st.SearchStrategy[list[str]]:
    """What might be typed into a field of this type; nothing, several things, or nonsense."""
    origin, inside = get_origin(of), get_args(of)
    if origin is Annotated:
        return texts(inside[0])
    if origin in {Union, types.UnionType}:
        return st.one_of([st.just([""]), *(texts(one) for one in inside if one is not type(None))])
    if origin in {tuple, list, frozenset, set}:
        return st.lists(texts(inside[0]), max_size=3).map(
            lambda many: [one for some in many for one in some[:1]]
        )
    plain: st.SearchStrategy[str] = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    of = getattr(of, "__supertype__", of)
    if isinstance(of, EnumMeta):
        plain = st.sampled_from([str(one.value) for one in of])
    elif get_origin(of) is not None and str(get_origin(of)).endswith("Literal"):
        plain = st.sampled_from([str(one) for one in get_args(of)])
    elif of is UUID:
        plain = st.uuids().map(str)
    elif of is bool:
        plain = st.sampled_from(["on", "true", "false", ""])
    elif of in {int, Amount, Rate}:
        numbers = [
            "0",
            "1",
            "-1",
            "12.50",
            "1,234.5",
            "9" * 30,
            "1e400",
            "NaN",
            "１２",
            "0.001",
            "2147483648",
        ]
        plain = st.sampled_from(numbers) | st.integers(-(2**63), 2**63 - 1).map(str)
    elif of is datetime:
        odd = [
            "2026-11-11T09:30",
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "2026-02-30T00:00",
            "tomorrow",
        ]
        plain = st.sampled_from(odd)
    elif of is date:
        plain = st.sampled_from(["2026-11-11", "0001-01-01", "9999-12-31", "2026-02-30", ""])
    odd = st.sampled_from(
        ["", " ", "曲奇'; DROP TABLE product; --", "<script>", "%s%n", "\r\n", "x" * 3_000]
    )
    return st.one_of(plain, plain, plain, odd).map(lambda one: [one])


FORMS = {
    (page.method, page.path): st.fixed_dictionaries(
        {},
        optional={
            one.name: texts(one.type)
            for one in msgspec.structs.fields(page.form)
            if one.name != "id" or page.method == "GET"
        },
    )
    for page in PAGES
}
WAYS = (Role.OWNER, Role.STAFF)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_filled_in_is_never_a_bug(server_url: str, data: st.DataObject) -> None:
    forms = {key: data.draw(of, label=key[1]) for key, of in FORMS.items()}
    role = data.draw(st.sampled_from(WAYS))
    run(_send_all(_shared(server_url), forms, role))


_SHARED: dict[str, str] = {}


def _shared(server_url: str) -> str:
    if server_url not in _SHARED:
        _SHARED[server_url] = asyncio.run(new_database(server_url))
    return _SHARED[server_url]


async def _send_all(url: str, forms: dict[tuple[str, str], Any], role: Role) -> None:
    async with house(url) as at:
        desk = await at.desk(role)
        for page in PAGES:
            fields = forms[page.method, page.path]
            if page.method == "GET":
                answer = await desk.get(page.path, **fields)
            else:
                answer = await desk.post(page.path, **fields)
            assert answer.status_code < 500, (page.method, page.path, fields, answer.text[-600:])
            if answer.status_code == 401 or to_login(answer):
                desk = await at.desk(role)  # It was a way out.
        assert at.halvings() == 0


# -- What is answered ----------------------------------------------------------------------


def every_way() -> Iterator[str]:
    yield from ("page", "form", "htmx")


def test_what_is_wrong_is_told_at_the_field_in_both_languages(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            for language, told in (("zh", "请填写此项"), ("en", "Please fill this in")):
                desk.language = language
                answer = await desk.post("/desk/staff/hire", role="staff")
                assert answer.status_code == 422
                assert answer.json()["errors"]["name"] == told
                answer = await desk.post("/desk/staff/hire", role="staff", by="page")
                assert answer.status_code == 422
                assert told in answer.text
                answer = await desk.post("/desk/staff/hire", role="staff", by="htmx")
                assert (answer.status_code, answer.headers["hx-reswap"]) == (422, "none")

    run(go())


def test_a_page_that_is_not_there_is_told_in_the_frame(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF)
            for path in (
                "/desk/nothing",
                "/desk/staff/show/",
                "/desk/%2e%2e/etc/passwd",
                "/desk/%00",
            ):
                answer = await desk.get(path)
                assert answer.status_code in {400, 404}, path
            answer = await desk.get("/desk/nothing")
            assert "desk-menu" in answer.text
            answer = await at.http.request("DELETE", "/desk/me", headers=desk._headers())
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET")

    run(go())


def test_every_answer_says_what_a_browser_may_do(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.OWNER)
            for answer in (
                await desk.get("/desk"),
                await at.http.get("/desk/login"),
                await desk.get("/desk/nothing"),
            ):
                policy = answer.headers["content-security-policy"]
                assert "script-src 'self';" in policy
                assert "unsafe" not in policy
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["cache-control"] == "no-store"

    run(go())


def test_files_are_kept_for_ever_under_addresses_of_their_own(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            page = (await at.http.get("/desk/login")).text
            address = re.search(r"/desk/assets/[0-9a-f]{18}/desk\.css", page)[0]
            plain = await at.http.get(address, headers={"accept-encoding": "identity"})
            assert (plain.status_code, plain.headers["content-type"]) == (200, "text/css")
            assert "immutable" in plain.headers["cache-control"]
            assert "content-encoding" not in plain.headers
            packed = await at.http.get(address, headers={"accept-encoding": "gzip, br"})
            assert packed.headers["content-encoding"] in {"gzip", "br"}
            assert packed.text == plain.text
            for wrong in (
                "/desk/assets/",
                address.replace("desk.css", "other.css"),
                "/desk/assets/%2e%2e/desk.css",
            ):
                assert (await at.http.get(wrong)).status_code == 404

    run(go())
