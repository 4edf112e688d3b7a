"""Staff coming in: hashes, throttling, sessions that end with the password."""

from __future__ import annotations

import asyncio

import pytest
from shopping import SHOP, house, run

from frontline.shop.staff.cli import make_staff
from frontline.web.session import Role

PASSWORD = "correct horse"


def test_staff_log_in_and_out(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            staff_id = await make_staff(at.opened.database, SHOP, "王店长", PASSWORD, Role.OWNER)
            stored = await at.sql.fetchval("SELECT password_hash FROM staff")
            assert stored.startswith("$argon2id$")
            answer = await at.post("/api/staff/login", name="王店长", password=PASSWORD)
            said = answer.json()
            assert (said["staff_id"], said["role"]) == (str(staff_id), "owner")
            assert (await at.get("/api/staff/members", said["token"])).status_code == 200
            assert (await at.post("/api/staff/logout", said["token"])).status_code == 200
            assert (await at.get("/api/staff/members", said["token"])).status_code == 401

    run(story())


def test_wrong_name_and_wrong_password_sound_the_same(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            await make_staff(at.opened.database, SHOP, "wang", PASSWORD, Role.STAFF)
            wrong = await at.post("/api/staff/login", name="wang", password="wrong")
            nobody = await at.post("/api/staff/login", name="li", password=PASSWORD)
            assert wrong.status_code == nobody.status_code == 403
            assert wrong.content == nobody.content
            await at.sql.execute("UPDATE staff SET active = false")
            gone = await at.post("/api/staff/login", name="wang", password=PASSWORD)
            assert gone.content == wrong.content

    run(story())


def test_five_tries_in_fifteen_minutes(database: str) -> None:
    """The example of the README."""

    async def story() -> None:
        async with house(database) as at:
            await make_staff(at.opened.database, SHOP, "wang", PASSWORD, Role.STAFF)
            for _ in range(5):
                await at.post("/api/staff/login", name="wang", password="wrong")
            at.later(minutes=14)
            early = await at.post("/api/staff/login", name="wang", password=PASSWORD)
            assert (early.status_code, early.json()["wait_s"]) == (429, 60)
            at.later(minutes=1)
            right = await at.post("/api/staff/login", name="wang", password=PASSWORD)
            assert right.status_code == 200
            for _ in range(2):  # The slate is clean: the next five begin now.
                at.later(minutes=14)
                wrong = await at.post("/api/staff/login", name="wang", password="wrong")
                assert wrong.status_code == 403

    run(story())


def test_tries_at_the_same_moment_are_counted_before_they_are_looked_at(database: str) -> None:
    async def story() -> None:
        async with house(database) as one, house(database) as two:
            answers = await asyncio.gather(
                *(
                    at.post("/api/staff/login", name="wang", password=str(number))
                    for number in range(10)
                    for at in (one, two)
                )
            )
            statuses = [answer.status_code for answer in answers]
            assert (statuses.count(403), statuses.count(429)) == (5, 15)

    run(story())


def test_another_password_ends_the_sessions(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            first = await make_staff(at.opened.database, SHOP, "wang", PASSWORD, Role.STAFF)
            answer = await at.post("/api/staff/login", name="wang", password=PASSWORD)
            again = await make_staff(at.opened.database, SHOP, "wang", "another one", Role.OWNER)
            assert first == again
            at.later(seconds=11)  # So long a session may be remembered.
            gone = await at.get("/api/staff/members", answer.json()["token"])
            assert gone.status_code == 401
            old = await at.post("/api/staff/login", name="wang", password=PASSWORD)
            new = await at.post("/api/staff/login", name="wang", password="another one")
            assert (old.status_code, new.json()["role"]) == (403, "owner")

    run(story())


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [(" ", PASSWORD, Role.STAFF), ("wang", "short", Role.STAFF), ("wang", PASSWORD, Role.MEMBER)],
)
def test_who_cannot_be_hired(database: str, name: str, password: str, role: Role) -> None:
    async def story() -> None:
        async with house(database) as at:
            with pytest.raises(ValueError, match="a password has|staff have"):
                await make_staff(at.opened.database, SHOP, name, password, role)

    run(story())
