"""A picture uploaded into a text at the desk."""

from __future__ import annotations

from shop.picture.drawing import coloured
from shopping import house, run

from frontline.web.session import Role


def test_it_comes_back_as_it_stands_in_the_text(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            desk = await at.desk(Role.STAFF, areas=["page"])
            files = {"file": ("a.png", coloured(7), "image/png")}
            put = await desk.post("/desk/pictures/put", by="htmx", files=files)
            name = await at.sql.fetchval("SELECT hash FROM picture_file")
            assert f'<img src="/pictures/1/{name}.webp" alt="" width=' in put.text
            files = {"file": ("a.png", b"not a picture", "image/png")}
            no = await desk.post("/desk/pictures/put", by="htmx", files=files)
            assert no.status_code == 400 and no.text == ""

    run(story())
