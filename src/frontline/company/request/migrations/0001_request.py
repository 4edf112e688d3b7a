"""What departments were asked, and what they made of it."""

from frontline.store.migration import apply, confine

revision = "request_0001"
down_revision = None
branch_labels = ("request",)
depends_on = ("authority_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE department_request (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        asked_by uuid NOT NULL,
        department_id uuid NOT NULL,
        what text NOT NULL CHECK (what <> ''),
        asked_at timestamptz NOT NULL,
        wanted_by timestamptz NOT NULL CHECK (wanted_by > asked_at),
        state text NOT NULL
            CHECK (state IN ('asked', 'promised', 'kept', 'broken', 'declined', 'withdrawn')),
        promised_by timestamptz,                             -- by when
        promiser uuid,
        promises int NOT NULL CHECK (promises >= 0),
        breaks int NOT NULL CHECK (breaks >= 0),
        broken_at timestamptz,
        settled_at timestamptz,
        steps int NOT NULL CHECK (steps > 0),
        PRIMARY KEY (shop_id, id),
        FOREIGN KEY (shop_id, department_id) REFERENCES authority_department (shop_id, id),
        CHECK ((promises > 0) = (promised_by IS NOT NULL)),
        CHECK ((promises > 0) = (promiser IS NOT NULL)),
        CHECK ((breaks > 0) = (broken_at IS NOT NULL)),
        CHECK (state <> 'broken' OR breaks > 0),
        CHECK ((state IN ('kept', 'declined', 'withdrawn')) = (settled_at IS NOT NULL))
    );
    CREATE INDEX department_request_newest ON department_request (shop_id, asked_at, id);
    CREATE INDEX department_request_by_state ON department_request (shop_id, state, asked_at, id);
    CREATE INDEX department_request_of ON department_request
        (shop_id, department_id, state, asked_at, id);
    CREATE INDEX department_request_by ON department_request (shop_id, asked_by, asked_at, id);
    CREATE INDEX department_request_broken ON department_request (shop_id, broken_at)
        WHERE broken_at IS NOT NULL;
    CREATE INDEX department_request_words ON department_request USING gin (what gin_trgm_ops);
    CREATE TABLE department_request_step (
        shop_id bigint NOT NULL,
        request_id uuid NOT NULL,
        number int NOT NULL,
        state text NOT NULL,
        said text NOT NULL,
        staff_id uuid,
        due_at timestamptz NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, request_id, number)
    );
    """)
    confine("department_request", "department_request_step")
    apply("REVOKE UPDATE, DELETE ON department_request_step FROM frontline_app")
