"""Who spoke with which customer; and whose answers to customers are found by who gave them."""

from frontline.store.migration import apply, confine

revision = "contact_0001"
down_revision = None
branch_labels = ("contact",)
depends_on = ("store_0001", "review_0001", "aftersale_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE customer_contact (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        staff_id uuid NOT NULL,
        at timestamptz NOT NULL,
        how text NOT NULL CHECK (how IN ('chat', 'phone', 'visit')),
        said text NOT NULL,
        member_id uuid,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX customer_contact_newest ON customer_contact (shop_id, at, id);
    CREATE INDEX customer_contact_of_staff ON customer_contact (shop_id, staff_id, at, id);
    CREATE INDEX customer_contact_of_member ON customer_contact (shop_id, member_id, at)
        WHERE member_id IS NOT NULL;
    -- An answer to a customer is a contact too; steps never change, so this costs little.
    CREATE INDEX review_step_of_staff ON review_step (shop_id, staff_id, at)
        WHERE deed = 'reply';
    CREATE INDEX aftersale_step_of_staff ON aftersale_step (shop_id, actor_id, at)
        WHERE who = 'staff';
    """)
    confine("customer_contact")
    apply("REVOKE DELETE ON customer_contact FROM frontline_app")
