"""What this feature holds about members."""

from frontline.store.personal import Holding

PERSONAL = (
    Holding(
        table="review",
        zh="评价",
        en="Your reviews",
        columns=("member_id", "text", "added", "pictures"),
        erased="anonymous = true",
        kept="Other customers go by it; it stands there without any name.",
    ),
)
