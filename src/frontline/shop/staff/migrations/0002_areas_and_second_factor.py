"""What staff may see and do, and the second proof of who they are."""

from frontline.store.migration import apply, confine

revision = "staff_0002"
down_revision = "staff_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply("""
    ALTER TABLE staff
        ADD COLUMN areas text[],                          -- NULL: all; `order`, or `order.see`
        ADD COLUMN hired_at timestamptz;
    CREATE TABLE staff_totp (
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        secret bytea NOT NULL,
        set_up_at timestamptz,                            -- NULL: a first code is waited for
        used bigint NOT NULL,                             -- the last half minute of a code
        PRIMARY KEY (shop_id, staff_id),
        FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id)
    );
    CREATE TABLE staff_recovery (
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        code_digest bytea NOT NULL,
        PRIMARY KEY (shop_id, staff_id, code_digest),
        FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id)
    );
    """)
    confine("staff_totp", "staff_recovery")
