"""What plans ask, what they are given, and what came of them."""

from frontline.store.migration import apply, confine

revision = "plan_0001"
down_revision = None
branch_labels = ("plan",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE company_plan (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        kind text NOT NULL CHECK (kind IN ('campaign', 'quarter')),
        first date NOT NULL,                                 -- days of the shop, both included
        last date NOT NULL CHECK (last - first BETWEEN 0 AND 365),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
        revenue bigint CHECK (revenue > 0),                  -- targets; minor units
        orders bigint CHECK (orders > 0),
        new_customers bigint CHECK (new_customers > 0),
        needs text NOT NULL,                                 -- JSON of the resources
        given text NOT NULL,                                 -- likewise, or null
        put_by uuid NOT NULL,
        put_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'given', 'reviewed', 'withdrawn')),
        achieved text NOT NULL,                              -- JSON, or null
        learned text NOT NULL,
        ended boolean NOT NULL,
        PRIMARY KEY (shop_id, id),
        CHECK (revenue IS NOT NULL OR orders IS NOT NULL OR new_customers IS NOT NULL),
        CHECK ((state = 'reviewed') = (achieved <> 'null')),
        CHECK ((state = 'reviewed') = (learned <> '')),
        CHECK (given = 'null' OR state IN ('given', 'reviewed'))
    );
    CREATE INDEX company_plan_by_end ON company_plan (shop_id, ends_at, id);
    CREATE TABLE company_plan_step (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        plan_id uuid NOT NULL,
        deed text NOT NULL CHECK (deed IN ('put', 'give', 'review', 'withdraw')),
        said text NOT NULL,
        staff_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, plan_id, id)
    );
    """)
    confine("company_plan", "company_plan_step")
    apply("REVOKE UPDATE, DELETE ON company_plan_step FROM frontline_app")
