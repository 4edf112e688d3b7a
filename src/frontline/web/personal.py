"""What sessions hold about members."""

from frontline.store.personal import DELETE, Holding

PERSONAL = (
    Holding(
        table="session",
        zh="登录记录",
        en="Where you are signed in",
        columns=("actor_id",),
        whose="t.actor_id = m.id",
        withheld=("token_digest",),
        erased=DELETE,
    ),
)
