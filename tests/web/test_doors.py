"""Every door, as everybody: who may come in, and what becomes of what should not be sent."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from enum import EnumMeta
from typing import Any, get_args
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from databases import new_database
from shopping import SHOP, House, house, run

from frontline.house import assembled
from frontline.kernel.words import ShopId
from frontline.web.door import Door, Who
from frontline.web.openapi import document
from frontline.web.session import MEMBER_FOR, Role

DOORS = assembled().doors
MAY = {
    Who.ANYONE: {Role.MEMBER, Role.STAFF, Role.OWNER},
    Who.MEMBER: {Role.MEMBER},
    Who.STAFF: {Role.STAFF, Role.OWNER},
    Who.OWNER: {Role.OWNER},
}


async def knock(at: House, door: Door, token: str = "", form: Any = None) -> httpx.Response:
    form = {} if form is None else form
    return await (at.get if door.method == "GET" else at.post)(door.path, token, **form)


# -- Who may come in ----------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role])
def test_every_door_lets_in_whom_it_should(database: str, role: Role | None) -> None:
    async def walk() -> None:
        async with house(database) as at:
            for door in DOORS:
                token = await at.token(role) if role else ""  # One of them logs out.
                answer = await knock(at, door, token)
                if role is None and door.who is not Who.ANYONE:
                    expected = {401: "signed_out"}
                elif role is not None and role not in MAY[door.who]:
                    expected = {403: "forbidden"}
                else:
                    assert answer.status_code not in {401, 403, 500, 503}, (door.path, answer.text)
                    continue
                refusal = {answer.status_code: answer.json()["refusal"]}
                assert refusal == expected, (door.path, answer.text)

    run(walk())


def test_staff_doors_are_under_staff_and_others_are_not() -> None:
    for door in DOORS:
        staff = door.who in {Who.STAFF, Who.OWNER}
        assert door.path.startswith("/api/staff/") == staff or door.path == "/api/staff/login"


def test_a_session_ends(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            assert (await at.get("/api/orders/list", token)).status_code == 200
            at.clock[0] += MEMBER_FOR - timedelta(seconds=1)
            assert (await at.get("/api/orders/list", token)).status_code == 200
            at.clock[0] += timedelta(seconds=1)
            answer = await at.get("/api/orders/list", token)
            assert (answer.status_code, answer.json()["refusal"]) == (401, "signed_out")

    run(go())


def test_a_token_of_another_shop_opens_nothing_here(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            await at.sql.execute(
                "INSERT INTO shop VALUES (2, 'two', 'Two', 'CNY', 'zh', 'Asia/Shanghai', now())"
            )
            other = await at.opened.sessions.open(ShopId(2), uuid4(), Role.MEMBER)
            answer = await at.http.get(
                "/api/orders/list",
                headers={"authorization": f"Bearer {other}", "frontline-shop": str(SHOP)},
            )
            assert (answer.status_code, answer.json()["refusal"]) == (403, "wrong_shop")
            forged = f"1.{other.partition('.')[2]}"  # The secret of one shop, the name of another.
            answer = await at.get("/api/orders/list", forged)
            assert answer.status_code == 401

    run(go())


# -- What should not be sent --------------------------------------------------------------

JUNK = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b'{"id": 1}',
    b'{"id": "not a uuid"}',
    b"\xff\xfe{}",
    b'{"a": "\\ud800"}',
    b'{"a": "\\u0000"}',
    b"{" * 10_000,
    b"[" * 10_000,
    b'{"id": 1e400}',
    b'{"quantity": 99999999999999999999999999}',
)


def test_junk_is_refused_in_both_languages(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            told_something = (one for one in DOORS if msgspec.structs.fields(one.form))
            for door in (one for one in told_something if one.method == "POST"):
                token = await at.token(sorted(MAY[door.who])[0])
                for junk in JUNK:
                    for language in ("zh", "en"):
                        answer = await at.http.post(
                            door.path,
                            content=junk,
                            headers={
                                "authorization": f"Bearer {token}",
                                "accept-language": language,
                            },
                        )
                        assert answer.status_code in {400, 413}, (door.path, junk, answer.text)
                        told = answer.json()
                        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in told["text"])
                        assert chinese == (language == "zh")

    run(go())


def test_a_body_of_ten_megabytes_is_refused(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            for door in (one for one in DOORS if one.method == "POST"):
                token = await at.token(sorted(MAY[door.who])[0])
                answer = await at.http.post(
                    door.path,
                    content=b" " * 10_485_760,
                    headers={"authorization": f"Bearer {token}"},
                )
                assert (answer.status_code, answer.json()["refusal"]) == (413, "too_large"), door

    run(go())


def test_a_wrong_method_says_which_is_right(database: str) -> None:
    async def go() -> None:
        async with house(database) as at:
            answer = await at.http.delete("/api/orders/place")
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    run(go())


def values(schema: dict[str, Any], components: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a schema allows: unknown ids, odd texts, the largest numbers."""
    if "$ref" in schema:
        return values(components[schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        return st.one_of([values(one, components) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    match schema.get("type"):
        case "object":
            return objects(schema, components)
        case "array":
            return arrays(schema, components)
        case "string":
            return texts(schema)
        case "integer":
            low, high = schema.get("minimum", -(2**63)), schema.get("maximum", 2**63 - 1)
            return st.sampled_from([low, high]) | st.integers(low, high)
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return st.sampled_from([None, 0, "", {}, []])


def objects(schema: dict[str, Any], components: dict[str, Any]) -> st.SearchStrategy[Any]:
    needed = set(schema.get("required", ()))
    fields = {n: values(of, components) for n, of in schema.get("properties", {}).items()}
    fixed = st.fixed_dictionaries(
        {name: of for name, of in fields.items() if name in needed},
        optional={name: of for name, of in fields.items() if name not in needed},
    )
    if isinstance(more := schema.get("additionalProperties"), dict):
        extra = st.dictionaries(st.text(max_size=4), values(more, components), max_size=2)
        return st.tuples(fixed, extra).map(lambda both: {**both[1], **both[0]})
    return fixed


def arrays(schema: dict[str, Any], components: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "prefixItems" in schema:
        return st.tuples(*(values(one, components) for one in schema["prefixItems"])).map(list)
    items = schema.get("items")
    one = values(items, components) if isinstance(items, dict) else st.none()
    low = schema.get("minItems", 0)
    return st.lists(one, min_size=low, max_size=min(low + 2, schema.get("maxItems", low + 2)))


def texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda at: at.isoformat() + "Z")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    low = schema.get("minLength", 0)
    return st.text(
        st.characters(exclude_categories=["Cs"]),
        min_size=low,
        max_size=min(low + 30, schema.get("maxLength", low + 30)),
    ) | st.just("曲奇'; DROP TABLE product; --"[: schema.get("maxLength", 99)].ljust(low))


OPENAPI = document(DOORS)
COMPONENTS = OPENAPI["components"]["schemas"]
FORMS = {
    (door.method, door.path): values(
        {"$ref": f"#/components/schemas/{door.form.__name__}"}
        if door.method == "GET"
        else OPENAPI["paths"][door.path]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ],
        COMPONENTS,
    )
    for door in DOORS
    if door.method == "POST"
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_form_allows_is_never_a_bug(server_url: str, data: st.DataObject) -> None:
    forms = {
        door.path: data.draw(FORMS[door.method, door.path], label=door.path)
        for door in DOORS
        if door.method == "POST"
    }
    run(send_all(_shared(server_url), forms))


_SHARED: dict[str, str] = {}


def _shared(server_url: str) -> str:
    if server_url not in _SHARED:
        _SHARED[server_url] = asyncio.run(new_database(server_url))
    return _SHARED[server_url]


async def send_all(url: str, forms: dict[str, Any]) -> None:
    async with house(url) as at:
        for door in (one for one in DOORS if one.path in forms and one.method == "POST"):
            token = await at.token(sorted(MAY[door.who])[0])
            body = json.dumps(forms[door.path]).encode()
            answer = await at.http.post(
                door.path, content=body, headers={"authorization": f"Bearer {token}"}
            )
            assert answer.status_code < 500 or answer.json()["refusal"].endswith("_away"), (
                door.path,
                body,
                answer.text,
            )
        assert at.halvings() == 0


# -- What is told -------------------------------------------------------------------------


def test_every_refusal_has_a_text_in_both_languages() -> None:
    replies = assembled().replies
    for refusal, said in replies.texts.items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said.zh), refusal
        assert said.en.isascii(), refusal
        assert 400 <= said.status < 600
    for feature in assembled().features:
        for command_set in feature.command_sets:
            for refusal in _refusals(command_set.outcome):
                assert refusal in replies.texts, (feature.name, refusal)


def _refusals(outcome: Any) -> set[str]:
    """All values of the enumerations in the `refusal` fields of an outcome union."""
    found: set[str] = set()
    for one in get_args(outcome) or (outcome,):
        for field in msgspec.structs.fields(one):
            if field.name == "refusal":
                kinds = get_args(field.type) or (field.type,)
                found |= {
                    member.value for kind in kinds if isinstance(kind, EnumMeta) for member in kind
                }
    return found


def test_the_openapi_document_names_every_door() -> None:
    for door in DOORS:
        operation = OPENAPI["paths"][door.path][door.method.lower()]
        assert operation["summary"], door.path
        assert ("security" in operation) == (door.who is not Who.ANYONE)


def test_an_id_used_at_another_door_is_refused(database: str) -> None:
    """Its answer is of another kind, which this door could not even read."""

    async def go() -> None:
        async with house(database) as at:
            signed = (await at.post("/api/login/wechat", code="ann")).json()
            wish = {"id": str(uuid4()), "name": "安", "phone": "13800138000", "detail": "1"}
            put = await at.post(
                "/api/addresses/put", signed["token"], region="Paris", region_code="", **wish
            )
            assert put.status_code == 200, put.text
            staff = await at.token(Role.STAFF)
            rate = {"first": 1, "first_fee": 1, "more": 1, "more_fee": 1}
            freight = await at.post(
                "/api/staff/freight/put",
                staff,
                id=wish["id"],
                name="快递",
                measure="piece",
                elsewhere=rate,
            )
            assert (freight.status_code, freight.json()["refusal"]) == (409, "id_reused")

    run(go())
