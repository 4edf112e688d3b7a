"""What this feature holds about members."""

from frontline.store.personal import DELETE, Holding

_MINE = "t.actor_id = m.id"

PERSONAL = (
    Holding(  # The files stay: reviews show them, and nothing else tells whose they were.
        table="picture_upload",
        zh="上传的图片",
        en="Pictures you have uploaded",
        columns=("actor_id",),
        whose=_MINE,
        erased=DELETE,
    ),
    Holding(
        table="picture_quota",
        zh="近一天上传的次数",
        en="How many pictures you have uploaded in a day",
        columns=("actor_id",),
        whose=_MINE,
        erased=DELETE,
    ),
)
