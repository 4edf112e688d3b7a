"""The worked example of the README: the trust page of a bakery."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from shopping import house, run

FACTS = {
    "logo": "/pictures/1/logo.webp",
    "phone": "0755-8888 0000",
    "wechat_id": "xiaoman_kefu",
    "service_hours": {"zh": "每天 9:00–21:00", "en": "9 am to 9 pm, every day"},
    "about": {
        "zh": "小满曲奇，2016 年起在深圳手工烘焙。",
        "en": "Baked by hand in Shenzhen since 2016.",
    },
    "licence_name": "深圳市小满食品有限公司",
    "licence_number": "91440300MA5EXAMPLE",
    "promise": {"zh": "签收后 48 小时内破损包赔，退款原路返回。"},
    "complaint": {"zh": "先找客服；不满意可拨打 12315。"},
}


def test_the_example(database: str) -> None:
    async def story() -> None:
        async with house(database) as at:
            staff = await at.token()

            async def put(**told: Any) -> Any:
                form = {"id": str(uuid4()), **FACTS, **told}
                return await at.post("/api/staff/page/shop", staff, **form)

            refused = await put(licence_number="")
            assert (refused.status_code, refused.json()["refusal"]) == (400, "licence_incomplete")
            assert (await put()).status_code == 200
            written = await at.post(
                "/api/staff/page/page", staff, id=str(uuid4()), slug="trust",
                title={"zh": "放心买", "en": "Buy with confidence"},
                html={"zh": '<h2>三不卖</h2><p onclick="x()">隔夜不卖</p><script>x()</script>'},
            )  # fmt: skip
            assert written.json()["html"]["zh"] == "<h2>三不卖</h2><p>隔夜不卖</p>"

            told = (await at.get("/api/page", slug="trust")).json()
            assert told["title"] == "放心买"
            assert told["trust"] == {
                "about": "小满曲奇，2016 年起在深圳手工烘焙。",
                "licence": {
                    "name": "深圳市小满食品有限公司", "number": "91440300MA5EXAMPLE", "picture": None,
                },
                "promise": "签收后 48 小时内破损包赔，退款原路返回。",
                "complaint": "先找客服；不满意可拨打 12315。",
            }  # fmt: skip
            english = {"accept-language": "en"}
            told = (await at.http.get("/api/page?slug=trust", headers=english)).json()
            assert told["title"] == "Buy with confidence"
            assert told["trust"]["about"] == "Baked by hand in Shenzhen since 2016."
            assert told["trust"]["complaint"] == "先找客服；不满意可拨打 12315。"

            shop = (await at.get("/api/shop")).json()
            assert (shop["name"], shop["wechat_id"], shop["locales"]) == (
                "Demo", "xiaoman_kefu", ["zh", "en"],
            )  # fmt: skip
            assert (shop["service_hours"], shop["address"], shop["demo"]) == (
                "每天 9:00–21:00", None, False,
            )  # fmt: skip

    run(story())
