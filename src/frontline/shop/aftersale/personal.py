"""What this feature holds about members."""

from frontline.store.personal import BOOKS, Holding, of_order

PERSONAL = (
    Holding(
        table="aftersale",
        zh="售后申请",
        en="Your after-sale cases",
        columns=("member_id", "note", "tracking"),
        erased="note = '', tracking = CASE WHEN tracking = '' THEN '' ELSE '-' END",
        kept=BOOKS,
    ),
    Holding(
        table="aftersale_count",
        zh="售后数量",
        en="Units under your after-sale cases",
        columns=(),
        whose=of_order(),
        kept=BOOKS,
    ),
    Holding(
        table="aftersale_step",
        zh="售后进度",
        en="What became of your after-sale cases",
        columns=("actor_id",),
        whose="t.case_id IN (SELECT c.id FROM aftersale AS c"
        " WHERE c.shop_id = t.shop_id AND c.member_id = m.id)",
        kept=f"{BOOKS} It is only ever added to.",
    ),
)
