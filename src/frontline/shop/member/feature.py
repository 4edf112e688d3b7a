"""What the engine and the application need to know of members."""

from frontline.engine.feature import CommandSet, Feature
from frontline.shop.member import messages, rows
from frontline.shop.member.book import MemberBook
from frontline.shop.member.http import DOORS
from frontline.shop.member.pages import PAGES, find
from frontline.shop.member.rules import Hall, decide, decide_logins, gather, gather_logins

LOGIN: CommandSet[messages.LoginRequest, Hall] = CommandSet(
    name="login",
    commands=(messages.LogIn, messages.AskCode, messages.LogInByPhone),
    outcome=messages.LoginOutcome,
    gather=gather_logins,
    decide=decide_logins,
)
MEMBER: CommandSet[messages.Request, MemberBook] = CommandSet(
    name="member",
    commands=(
        messages.ChangeProfile,
        messages.PutAddress,
        messages.RemoveAddress,
        messages.PreferAddress,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="member",
    texts=messages.TEXTS,
    shelves=(rows.ADDRESSES, rows.ACQUAINTANCES, rows.CODES, rows.SHELF),
    command_sets=(LOGIN, MEMBER),
    doors=DOORS,
    pages=PAGES,
    find=find,
)
