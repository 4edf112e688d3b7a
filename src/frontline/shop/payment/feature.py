"""What the engine and the application need to know of payments."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.payment import http, messages, reactions, rows
from frontline.shop.payment.pages import PAGES, find
from frontline.shop.payment.rules import Desk, decide, gather

PAYING: CommandSet[messages.Request, Desk] = CommandSet(
    name="payment",
    commands=(
        messages.StartPayment,
        messages.Settle,
        messages.EndPayment,
        messages.RecordRefund,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="payment",
    texts=messages.TEXTS,
    shelves=(rows.SHELF, rows.REFUND_ORIGINS),
    command_sets=(PAYING,),
    reactions={
        messages.PaymentAsked: reactions.look,
        messages.CloseAsked: reactions.close,
        messages.RefundAsked: reactions.refund,
    },
    doors=http.DOORS,
    pages=PAGES,
    find=find,
    routes=http.ROUTES,
)
