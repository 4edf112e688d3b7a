"""What this feature itself holds about members."""

from frontline.store.personal import Holding

PERSONAL = (
    Holding(
        table="privacy_erasure",
        zh="注销记录",
        en="When you were forgotten",
        columns=("member_id",),
        kept="Proves that the wish was fulfilled, and when; it names nobody.",
    ),
)
