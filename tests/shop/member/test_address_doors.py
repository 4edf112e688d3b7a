"""Profile and address book through the doors, on PostgreSQL; staff looking for members."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from shopping import House, house, run

from frontline.kernel.words import MemberId
from frontline.shop.member.messages import PutAddress
from frontline.shop.region.book import NAMES, known, text_of, tree


async def _token(at: House, name: str = "ann") -> str:
    return str((await at.post("/api/login/wechat", code=name)).json()["token"])


async def _put(at: House, token: str, **told: Any) -> Any:
    form = {
        "id": str(uuid4()), "name": "张三", "phone": "13800138000", "region_code": "440305",
        "detail": "科技园 1 号", **told,
    }  # fmt: skip
    return await at.post("/api/addresses/put", token, **form)


async def _do(at: House, token: str, what: str, address_id: str) -> Any:
    return await at.post(f"/api/addresses/{what}", token, id=str(uuid4()), address_id=address_id)


async def _addresses(at: House, token: str) -> list[dict[str, Any]]:
    addresses: list[dict[str, Any]] = (await at.get("/api/addresses", token)).json()["addresses"]
    return addresses


def test_an_address_book(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await _token(at)
            first = (await _put(at, token)).json()
            assert first["region"] == "广东省 深圳市 南山区"
            second = (await _put(at, token, phone="+8613900139000", region_code="110101")).json()
            told = await _addresses(at, token)
            assert [one["id"] for one in told] == [first["address_id"], second["address_id"]]
            assert [one["preferred"] for one in told] == [True, False]
            assert told[1]["phone"] == "13900139000"
            assert (await _do(at, token, "prefer", second["address_id"])).status_code == 200
            changed = await _put(at, token, address_id=first["address_id"], name=" 李四 ")
            assert changed.json()["address_id"] == first["address_id"]
            told = await _addresses(at, token)
            assert [(one["name"], one["preferred"]) for one in told] == [
                ("张三", True),
                ("李四", False),
            ]
            assert (await _do(at, token, "remove", second["address_id"])).status_code == 200
            (left,) = await _addresses(at, token)
            assert (left["id"], left["preferred"]) == (first["address_id"], False)
            gone = await _do(at, token, "remove", second["address_id"])
            assert (gone.status_code, gone.json()["refusal"]) == (404, "address_unknown")

    run(story())


def test_somebody_elses_address_is_unknown(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            ann, bob = await _token(at), await _token(at, "bob")
            hers = (await _put(at, ann)).json()["address_id"]
            for what in ("remove", "prefer"):
                assert (await _do(at, bob, what, hers)).json()["refusal"] == "address_unknown"
            answer = await _put(at, bob, address_id=hers)
            assert answer.json()["refusal"] == "address_unknown"
            assert await _addresses(at, bob) == []
            assert (await _addresses(at, ann))[0]["name"] == "张三"

    run(story())


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"region_code": "440300"}, "region_unknown"),  # A city is not deep enough.
        ({"region_code": "440000"}, "region_unknown"),
        ({"region_code": "999999"}, "region_unknown"),
        ({"region_code": "4403"}, "malformed"),
        ({"region_code": ""}, "region_needed"),
        ({"region_code": "", "region": "California\n"}, None),
        ({"region_code": "440305", "region": "made up"}, None),
        ({"phone": "+14155550100"}, None),
        ({"phone": "138001380001"}, "malformed"),
        ({"name": " "}, "malformed"),
        ({"name": "a\u0000b"}, "malformed"),
        ({"name": "长" * 65}, "malformed"),
        ({"detail": "长" * 201}, "malformed"),
    ],
)
def test_what_an_address_must_be(database: str, told: dict[str, Any], refusal: str | None) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await _token(at)
            answer = await _put(at, token, **told)
            assert answer.json().get("refusal") == refusal, answer.text
            if refusal is None:
                (address,) = await _addresses(at, token)
                known_region = "California" if told.get("region_code") == "" else text_of("440305")
                assert address["region"] == known_region

    run(story())


def test_two_processes_keep_to_fifty_addresses(database: str) -> None:
    """Of many members at once, each with 49 addresses and two more on their way."""

    async def story() -> None:
        async with house(database) as one, house(database) as two:
            tokens = [await _token(one, f"guest {number}") for number in range(8)]
            me = [MemberId(row["id"]) for row in await one.sql.fetch("SELECT id FROM member")]

            def put(at: House, member_id: MemberId) -> Any:
                return at.submit(
                    PutAddress(
                        id=uuid4(), member_id=member_id, address_id=None, name="张三",
                        phone="13800138000", region_code="440305", region="", detail="1 号",
                        preferred=False,
                    )
                )  # fmt: skip

            for at, count in ((one, 25), (two, 24)):
                await asyncio.gather(
                    *(put(at, member_id) for member_id in me for _ in range(count))
                )
            last = await asyncio.gather(
                *(put(at, member_id) for at in (one, two) for member_id in me)
            )
            refused = [getattr(outcome, "refusal", None) for outcome in last]
            for mine, yours in zip(refused[:8], refused[8:], strict=True):
                assert {mine, yours} == {None, "addresses_full"}
            addresses = await _addresses(one, tokens[0])
            assert len(addresses) == 50
            assert [address["preferred"] for address in addresses].count(True) == 1
            changed = await _put(one, tokens[0], address_id=addresses[3]["id"], name="李四")
            assert changed.status_code == 200
            assert one.halvings() == two.halvings() == 0

    run(story())


def test_a_profile(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await _token(at)
            answer = await at.post("/api/me/change", token, id=str(uuid4()), nickname=" 小安 ")
            assert answer.json() == {
                "type": "ProfileChanged",
                "nickname": "小安",
                "locale": "zh",
                "member_id": (await at.get("/api/me", token)).json()["id"],
            }
            await at.post("/api/me/change", token, id=str(uuid4()), locale="en")
            me = (await at.get("/api/me", token)).json()
            assert (me["nickname"], me["locale"]) == ("小安", "en")
            for told in ({"nickname": ""}, {"nickname": "长" * 33}, {"locale": "fr"}):
                bad = await at.post("/api/me/change", token, id=str(uuid4()), **told)
                assert bad.json()["refusal"] == "malformed"

    run(story())


def test_staff_find_members(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            for number in range(60):
                await at.sql.execute(
                    "INSERT INTO member (shop_id, id, phone, nickname, locale, joined_at)"
                    " VALUES (1, gen_random_uuid(), $1, $2, 'zh', now())",
                    f"138{number:08d}", f"会员 {number:02d} Ann",
                )  # fmt: skip
            staff = await at.token()

            async def found(**query: Any) -> Any:
                return (await at.get("/api/staff/members", staff, **query)).json()

            first = await found()
            rest = await found(before=first["next_before"])
            ids = [one["id"] for one in first["members"] + rest["members"]]
            assert (len(first["members"]), len(set(ids)), rest["next_before"]) == (50, 60, None)
            (one,) = (await found(phone="13800000007"))["members"]
            assert (one["nickname"], one["wechat"]) == ("会员 07 Ann", False)
            assert len((await found(phone="1380000000"))["members"]) == 10
            assert len((await found(nickname="07 aNN"))["members"]) == 1
            assert (await found(nickname="%"))["members"] == []
            assert (await found(phone="8", nickname="07"))["members"] == []

    run(story())


def test_regions(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            regions = (await at.get("/api/regions")).json()
            guangdong = next(one for one in regions if one["code"] == "440000")
            shenzhen = next(one for one in guangdong["children"] if one["code"] == "440300")
            assert "南山区" in {one["name"] for one in shenzhen["children"]}

    run(story())


def test_every_region_is_in_the_tree_and_has_a_text() -> None:
    provinces = tree()
    cities = [city for province in provinces for city in province.children]
    districts = [district for city in cities for district in city.children]
    assert len(provinces) + len(cities) + len(districts) == len(NAMES)
    assert all(city.children for city in cities)
    assert all(province.children for province in provinces)
    for district in districts:
        text = text_of(district.code)
        assert text is not None
        assert text.endswith(f" {district.name}")
        assert all(known(district.code[:length]) for length in (2, 4, 6))
    assert text_of("110101") == "北京市 东城区"
    assert text_of("429004") == "湖北省 仙桃市"
