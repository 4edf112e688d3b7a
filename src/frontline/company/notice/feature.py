"""What the engine and the application need to know of notices."""

from frontline.company.notice import messages, reactions, rows
from frontline.company.notice.book import NoticeBook
from frontline.company.notice.pages import PAGES
from frontline.company.notice.rules import decide, gather
from frontline.engine.feature import CommandSet, Feature

NOTICES: CommandSet[messages.Request, NoticeBook] = CommandSet(
    name="notice",
    commands=(messages.PutNotice, messages.ReadNotices, messages.SetReach),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="notice",
    texts=messages.TEXTS,
    shelves=(rows.SHELF,),
    command_sets=(NOTICES,),
    reactions={
        messages.ToMail: reactions.mail,
        messages.ToGroup: reactions.group,
        messages.ToWeChat: reactions.wechat,
    },
    pages=PAGES,
)
