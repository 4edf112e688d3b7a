"""Uploading through the doors, and what is served afterwards."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from databases import new_database
from shop.picture.drawing import bomb, coloured, gallery, opened, photo, upload
from shopping import NINE, SHOP, House, house, run

from frontline.engine.engine import new_id
from frontline.shop.picture import uploading
from frontline.shop.picture.book import MEMBER_A_DAY_MAX
from frontline.shop.picture.messages import KeepPicture, Refusal, Refused
from frontline.shop.picture.serving import Kept
from frontline.web.session import Role


def test_uploaded_and_served_for_ever(database: str) -> None:
    async def story() -> None:
        async with gallery(database) as (at, pictures):
            token = await at.token(Role.MEMBER)
            answer = await upload(at, token, photo(size=(3200, 1600)))
            assert answer.status_code == 200, answer.text
            put = answer.json()
            assert (put["width"], put["height"]) == (1600, 800)
            stem = put["src"].removesuffix(".webp")
            assert stem.startswith("/pictures/1/")
            for src, width in (
                (put["src"], 1600),
                (f"{stem}-800.webp", 800),
                (f"{stem}-400.webp", 400),
            ):
                for _ in range(2):  # From the rows, and from memory.
                    served = await pictures.get(src)
                    assert opened(served.content).size == (width, width // 2)
                assert served.headers["content-type"] == "image/webp"
                assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
                assert served.headers["x-content-type-options"] == "nosniff"
                again = await pictures.get(src, headers={"if-none-match": served.headers["etag"]})
                assert (again.status_code, again.content) == (304, b"")

    run(story())


@pytest.mark.parametrize(
    "name",
    ["../secret", "..%2Fsecret", "a.webp", "1/a.webp", f"1/{'0' * 32}.webp", f"01/{'0' * 32}.webp",
     f"1/{'0' * 32}-200.webp", f"1/{'0' * 32}.webp%00", f"1/{'0' * 32}.webp%0a", f"x/{'0' * 32}.webp",
     f"{'9' * 30}/{'0' * 32}.webp", f"1/{'0' * 32}", "1"],
)  # fmt: skip
def test_nothing_else_is_served(database: str, name: str) -> None:
    async def story() -> None:
        async with gallery(database) as (_, pictures):
            assert (await pictures.get(f"/pictures/{name}")).status_code == 404

    run(story())


def test_the_picture_of_one_shop_is_not_another_s(database: str) -> None:
    async def story() -> None:
        async with gallery(database) as (at, pictures):
            src = (await upload(at, await at.token(Role.MEMBER), coloured(1))).json()["src"]
            assert (await pictures.get(src)).status_code == 200
            assert (await pictures.get(src.replace("/1/", "/2/"))).status_code == 404

    run(story())


def test_the_same_picture_is_one_file_and_the_same_wish_one_upload(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            tokens = [await at.token(Role.MEMBER) for _ in range(2)]
            id_ = uuid4()
            first = await upload(at, tokens[0], coloured(1), id_=id_)
            assert (await upload(at, tokens[0], coloured(1), id_=id_)).json() == first.json()
            other = (await upload(at, tokens[1], coloured(1))).json()
            assert other["src"] == first.json()["src"]
            assert other["picture_id"] != first.json()["picture_id"] == str(id_)
            changed = await upload(at, tokens[0], coloured(2), id_=id_)
            assert (changed.status_code, changed.json()["refusal"]) == (409, "id_reused")
            assert await counted(at) == (1, 2)

    run(story())


async def counted(at: House) -> tuple[int, int]:
    """Files, uploads."""
    files = await at.sql.fetchval("SELECT count(*) FROM picture_file")
    return files, await at.sql.fetchval("SELECT count(*) FROM picture_upload")


def test_so_many_a_day(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with house(database) as at:
            me, other = [await at.token(Role.MEMBER) for _ in range(2)]
            last = uuid4()
            for number in range(MEMBER_A_DAY_MAX):
                id_ = last if number == MEMBER_A_DAY_MAX - 1 else uuid4()
                assert (await upload(at, me, coloured(number % 3), id_=id_)).status_code == 200
                at.later(minutes=1)
            no = await upload(at, me, coloured(1))
            assert (no.status_code, no.json()["refusal"]) == (429, "too_many_pictures_today")
            assert (await upload(at, me, coloured(2), id_=last)).status_code == 200  # A retry.
            assert (await upload(at, other, coloured(1))).status_code == 200
            staff = await at.token(Role.STAFF)
            assert (await upload(at, staff, coloured(1), staff=True)).status_code == 200
            monkeypatch.setattr(uploading, "made_anew", None)  # No work for whoever may not.
            assert (await upload(at, me, coloured(1))).status_code == 429
            monkeypatch.undo()
            at.clock[0] = NINE
            at.later(hours=24)
            assert (await upload(at, me, coloured(1))).status_code == 200

    run(story())


def test_two_processes_at_the_last_of_the_day(server_url: str) -> None:
    """Whatever each of them has read: one more is kept, not two."""

    async def story() -> None:
        url = await new_database(server_url)
        async with house(url) as one, house(url) as two:
            me = uuid4()
            await one.sql.execute(
                "INSERT INTO picture_quota VALUES (1, $1, $2, $3)", me, NINE, MEMBER_A_DAY_MAX - 1
            )
            wishes = [
                KeepPicture(
                    id=new_id(), actor_id=me, by_staff=False, hash=f"{number:032x}", width=1,
                    height=1, large=b"l", middle=b"m", small=b"s",
                )
                for number in range(8)
            ]  # fmt: skip
            outcomes = await asyncio.gather(
                *(at.submit(wish) for at, wish in zip([one, two] * 4, wishes, strict=True))
            )
            refused = Refused(Refusal.TOO_MANY_PICTURES_TODAY)
            assert [one for one in outcomes if one != refused] != []
            assert outcomes.count(refused) == 7
            assert await counted(one) == (1, 1)

    run(story())


def test_refusals_are_told_in_both_languages(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            for data, status, refusal in (
                (b"x", 400, "not_a_picture"),
                (bomb(60_000, 60_000), 413, "too_many_pixels"),
            ):
                answer = await upload(at, token, data)
                assert (answer.status_code, answer.json()["refusal"]) == (status, refusal)
            not_base64 = await at.post("/api/pictures/put", token, id=str(uuid4()), data="图片")
            assert (not_base64.status_code, not_base64.json()["refusal"]) == (400, "malformed")
            large = await upload(at, token, b"x" * 6_300_000)
            assert (large.status_code, large.json()["refusal"]) == (413, "too_large")
            assert await counted(at) == (0, 0)

    run(story())


def test_who_may_upload_where(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            tokens = {role: await at.token(role) for role in Role}
            for role, staff, status in (
                (Role.MEMBER, False, 200),
                (Role.MEMBER, True, 403),
                (Role.STAFF, False, 403),
                (Role.STAFF, True, 200),
                (Role.OWNER, True, 200),
            ):
                assert (
                    await upload(at, tokens[role], coloured(1), staff=staff)
                ).status_code == status
            assert (await upload(at, "", coloured(1))).status_code == 401

    run(story())


def test_whoever_comes_when_many_wait_is_told_to_come_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with house(database) as at:
            token = await at.token(Role.MEMBER)
            monkeypatch.setattr(uploading, "WAITING_MAX", 2)
            answers = await asyncio.gather(
                *(upload(at, token, coloured(number)) for number in range(6))
            )
            busy = [one for one in answers if one.status_code == 503]
            assert busy
            assert all(one.json()["refusal"] == "busy" for one in busy)
            assert await counted(at) == ((done := 6 - len(busy)), done)
            assert not uploading._waiting

    run(story())


def test_memory_keeps_those_asked_for_lately() -> None:
    kept = Kept(10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a")
    kept.put("c", b"1234")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (b"1234", None, b"1234")
    kept.put("a", b"1")
    assert kept.bytes == 5
    kept.put("d", b"12345678901")  # Larger than all there is room for.
    assert kept.get("d") is None
    assert kept.bytes == 0


def test_pictures_of_products_are_those_that_were_uploaded(database: str) -> None:
    """A product takes the path of an upload, and shows its smaller sizes."""

    async def story() -> None:
        async with house(database) as at:
            staff = await at.token(Role.STAFF)
            src = (await upload(at, staff, photo(), staff=True)).json()["src"]
            put = await at.post(
                "/api/staff/products/put",
                staff,
                id=str(uuid4()),
                handle="cookies",
                title="曲奇",
                variants=[{"price": 1}],
                pictures=[{"src": src}],
            )
            assert put.status_code == 200, put.text
            product_id = await at.sql.fetchval("SELECT id FROM product WHERE shop_id = $1", SHOP)
            page = (await at.get("/api/products/show", id=product_id)).json()
            stem = src.removesuffix(".webp")
            assert page["pictures"] == [
                {"src": f"{stem}-800.webp", "small": f"{stem}-400.webp", "large": src, "alt": ""}
            ]
            foreign = src.replace("/pictures/1/", "/pictures/../")
            no = await at.post(
                "/api/staff/products/put",
                staff,
                id=str(uuid4()),
                handle="cookies",
                title="曲奇",
                variants=[{"price": 1}],
                pictures=[{"src": foreign}],
            )
            assert no.json()["refusal"] == "picture_address"

    run(story())
