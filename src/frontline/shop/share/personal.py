"""What this feature holds about members."""

from frontline.store.personal import Holding

_LINEAGE = "Who brought whom is settled once and for ever; when the member is gone it names nobody."

PERSONAL = (
    Holding(
        table="share_code",
        zh="分享记录",
        en="What you have shared",
        columns=("member_id", "visitor"),
        kept=_LINEAGE,
    ),
    Holding(
        table="share_touch",
        zh="打开过的分享",
        en="Shares you have opened",
        columns=("member_id", "visitor"),
        erased="member_id = NULL",
        kept="How often a share was opened stays counted.",
    ),
    Holding(
        table="share_bind",
        zh="邀请关系",
        en="Who brought you, and whom you have brought",
        columns=("member_id", "visitor", "sharer_id"),
        whose="m.id IN (t.member_id, t.sharer_id)",
        kept=_LINEAGE,
    ),
    Holding(
        table="share_owner",
        zh="登录过的设备编号",
        en="Storefronts you were the first to sign in on",
        columns=("member_id", "visitor"),
        kept=_LINEAGE,
    ),
)
