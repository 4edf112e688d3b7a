"""Who asked to be forgotten."""

from frontline.store.migration import apply, confine

revision = "privacy_0001"
down_revision = None
branch_labels = ("privacy",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE privacy_erasure (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, member_id)
    );
    """)
    confine("privacy_erasure")
