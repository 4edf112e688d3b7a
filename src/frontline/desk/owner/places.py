"""The places of the owner's screen: what stands where, and what is said where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass

from frontline.kernel.text import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Tiles of any feature stand here; together they make one card."""

    number: int
    title: Words
    icon: str
    empty: Words
    way: tuple[Words, str] | None = None  # To all of it: label and address.
    hears: tuple[str, ...] = ()  # Features whose changes concern it, beside those of its tiles.


PLACES = (
    Place(
        number=10,
        title=Words("等您拍板", "Waiting for you"),
        icon="gavel",
        empty=Words("今天没有等您的事", "Nothing waits for you today"),
        way=(Words("全部", "All"), "/desk/decisions?scope=mine"),
    ),
    Place(
        number=20,
        title=Words("说好没做到的", "Promises broken"),
        icon="heart-broken",
        empty=Words("答应的都做到了", "All promises were kept"),
    ),
    Place(
        number=30,
        title=Words("客户说了什么", "What customers said"),
        icon="message-circle",
        empty=Words(
            "这两周没有差评，也没有退款申请", "No bad review and no refund asked for in two weeks"
        ),
        way=(Words("全部评价", "All reviews"), "/desk/reviews"),
    ),
    Place(
        number=40,
        title=Words("今天的钱", "Today's money"),
        hears=("payment", "plan"),
        icon="cash",
        empty=Words("今天还没有收款", "Nothing has come in today"),
    ),
    Place(
        number=50,
        title=Words("压住的钱", "Frozen money"),
        hears=("payment", "order", "stock"),
        icon="snowflake",
        empty=Words("没有压住的钱", "No money is frozen"),
    ),
    Place(
        number=60,
        title=Words("正在跑的活动", "Games running"),
        icon="confetti",
        empty=Words("现在没有活动在跑", "No game is running"),
    ),
    Place(
        number=70,
        title=Words("谁卡住了", "Who is stuck on whom"),
        hears=("request",),
        icon="hourglass",
        empty=Words("没有人在等别人", "Nobody is kept waiting"),
    ),
    Place(
        number=80,
        title=Words("一线日志", "Front-line log"),
        icon="notebook",
        empty=Words("还没有记录", "Nothing is logged yet"),
        way=(Words("全部", "All"), "/desk/contacts"),
    ),
)
