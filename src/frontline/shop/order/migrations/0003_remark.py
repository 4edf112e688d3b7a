"""What staff write about an order for each other, and what they correct in it."""

from frontline.store.migration import apply, confine

revision = "order_0003"
down_revision = "order_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    CREATE TABLE order_remark (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- of the command
        order_id uuid NOT NULL,
        staff_id uuid NOT NULL,
        about text NOT NULL CHECK (about IN ('memo', 'parcel')),
        said text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, order_id, id)
    );
    """)
    confine("order_remark")
