"""What the engine and the application need to know of requests."""

from frontline.company.request import messages, reactions, rows
from frontline.company.request.pages import PAGES, TILES, find
from frontline.company.request.rules import Desk, decide, gather
from frontline.engine.feature import CommandSet, Feature

REQUESTS: CommandSet[messages.Request, Desk] = CommandSet(
    name="request",
    commands=(
        messages.AskDepartment,
        messages.PromiseRequest,
        messages.DeclineRequest,
        messages.KeepRequest,
        messages.ContestRequest,
        messages.WithdrawRequest,
        messages.RemindDepartment,
        messages.JudgeRequest,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="request",
    texts=messages.TEXTS,
    shelves=(rows.POSTS, rows.SHELF),
    command_sets=(REQUESTS,),
    reactions={messages.RequestMoved: reactions.told, messages.RequestDue: reactions.reminded},
    pages=PAGES,
    tiles=TILES,
    find=find,
)
