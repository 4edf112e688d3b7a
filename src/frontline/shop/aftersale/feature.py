"""What the engine and the application need to know of after-sale."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.aftersale import http, messages, reactions, rows
from frontline.shop.aftersale.pages import PAGES
from frontline.shop.aftersale.rules import Desk, decide, gather
from frontline.shop.aftersale.tiles import TILES
from frontline.shop.payment.messages import RefundDone

CASES: CommandSet[messages.Request, Desk] = CommandSet(
    name="aftersale",
    commands=(
        messages.AskRefund,
        messages.WithdrawRefund,
        messages.ApproveRefund,
        messages.RefuseRefund,
        messages.SendBack,
        messages.ReceiveGoods,
        messages.FinishRefund,
        messages.MarkCaseOverdue,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="aftersale",
    texts=messages.TEXTS,
    shelves=(rows.ORIGINS, rows.OPEN, rows.SHELF),
    command_sets=(CASES,),
    reactions={RefundDone: reactions.finish},
    doors=http.DOORS,
    pages=PAGES,
    tiles=TILES,
)
