"""What this game holds about members."""

from frontline.store.personal import BOOKS, Holding

_COUNTED = "Limits and teams are counted by it; it names nobody."

PERSONAL = (
    Holding(
        table="groupbuy_seat",
        zh="参加的拼团",
        en="Your seats in group-buys",
        columns=("member_id",),
        kept=BOOKS,
    ),
    Holding(
        table="groupbuy_player",
        zh="拼团次数",
        en="How often you have taken part in group-buys",
        columns=("member_id",),
        kept=_COUNTED,
    ),
    Holding(
        table="groupbuy_newcomer",
        zh="新客资格的使用记录",
        en="Whether you have used your place as a newcomer",
        columns=("member_id",),
        kept=_COUNTED,
    ),
)
