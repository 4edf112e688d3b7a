"""Who changed what last."""

from frontline.store.migration import apply, confine

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE TABLE edit (
        shop_id bigint NOT NULL,
        thing_id uuid NOT NULL,
        staff_id uuid,                                       -- NULL: the house itself
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, thing_id)
    );
    """)
    confine("edit")
