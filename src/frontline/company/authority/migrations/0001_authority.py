"""The matrix of authority, what was used of it, approvals, and the history of the matrix."""

from frontline.store.migration import apply, confine

revision = "authority_0001"
down_revision = None
branch_labels = ("authority",)
depends_on = ("store_0001", "staff_0001")


def upgrade() -> None:
    _people()
    _matrix()
    _use()


def _people() -> None:
    apply("""
    CREATE TABLE authority_revision (                        -- locked by whoever edits the matrix
        shop_id bigint NOT NULL,
        place int NOT NULL CHECK (place = 0),
        edits bigint NOT NULL CHECK (edits > 0),
        PRIMARY KEY (shop_id, place)
    );
    CREATE TABLE authority_department (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        kind text NOT NULL CHECK (kind IN ('ecommerce', 'purchasing', 'production', 'marketing',
                                           'finance', 'service', 'warehouse')),
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, name)
    );
    CREATE TABLE authority_position (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        department_id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, department_id, name),
        FOREIGN KEY (shop_id, department_id) REFERENCES authority_department (shop_id, id)
    );
    CREATE TABLE authority_person (                          -- locked while an allowance is used
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        position_id uuid,
        deputy_id uuid CHECK (deputy_id <> staff_id),        -- asked when the person is silent
        PRIMARY KEY (shop_id, staff_id),
        FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id),
        FOREIGN KEY (shop_id, deputy_id) REFERENCES staff (shop_id, id),
        FOREIGN KEY (shop_id, position_id) REFERENCES authority_position (shop_id, id)
    );
    CREATE TABLE authority_absence (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        staff_id uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        substitute_id uuid CHECK (substitute_id <> staff_id),
        PRIMARY KEY (shop_id, id),
        FOREIGN KEY (shop_id, staff_id) REFERENCES staff (shop_id, id),
        FOREIGN KEY (shop_id, substitute_id) REFERENCES staff (shop_id, id),
        CHECK (starts_at <= ends_at)
    );
    CREATE INDEX authority_absence_staff ON authority_absence (shop_id, staff_id);
    CREATE INDEX authority_absence_substitute ON authority_absence (shop_id, substitute_id);
    """)
    confine(
        "authority_revision",
        "authority_department",
        "authority_position",
        "authority_person",
        "authority_absence",
    )


def _matrix() -> None:
    apply("""
    CREATE TABLE authority_limit (                           -- in the unit of the action
        shop_id bigint NOT NULL,
        position_id uuid NOT NULL,
        action text NOT NULL,
        alone_max bigint NOT NULL CHECK (alone_max >= 0),    -- 0: nothing of this kind
        day_max bigint CHECK (day_max >= alone_max),
        month_max bigint CHECK (month_max >= COALESCE(day_max, alone_max)),
        PRIMARY KEY (shop_id, position_id, action),
        FOREIGN KEY (shop_id, position_id) REFERENCES authority_position (shop_id, id)
    );
    CREATE TABLE authority_policy (
        shop_id bigint NOT NULL,
        action text NOT NULL,
        reviews text[] NOT NULL,
        parallel boolean NOT NULL,                           -- or one after another
        delegated boolean NOT NULL,                          -- or the owner decides all of it
        decider_id uuid,                                     -- a position, asked first
        reserve_hours int NOT NULL CHECK (reserve_hours > 0),
        answer_hours int NOT NULL CHECK (answer_hours > reserve_hours),
        owner_above bigint CHECK (owner_above >= 0),
        on_deadline text NOT NULL CHECK (on_deadline IN ('lapse', 'refuse')),
        PRIMARY KEY (shop_id, action),
        FOREIGN KEY (shop_id, decider_id) REFERENCES authority_position (shop_id, id)
    );
    CREATE TABLE authority_reviewer (
        shop_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('discount', 'stock', 'finance', 'law')),
        position_id uuid NOT NULL,
        PRIMARY KEY (shop_id, kind),
        FOREIGN KEY (shop_id, position_id) REFERENCES authority_position (shop_id, id)
    );
    CREATE TABLE authority_change (                          -- the history of all of the above
        shop_id bigint NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        staff_id uuid NOT NULL,                              -- who changed it
        kind text NOT NULL,
        subject text NOT NULL,
        before text NOT NULL,                                -- JSON; empty: there was nothing
        after text NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    """)
    confine("authority_limit", "authority_policy", "authority_reviewer", "authority_change")
    apply("REVOKE UPDATE, DELETE ON authority_change FROM frontline_app")


def _use() -> None:
    apply("""
    CREATE TABLE authority_allowance (                       -- guarded by the lock of its person
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        action text NOT NULL,
        day date NOT NULL,                                   -- in the shop, of the latest use
        day_used bigint NOT NULL CHECK (day_used >= 0),
        month_used bigint NOT NULL CHECK (month_used >= day_used),
        PRIMARY KEY (shop_id, staff_id, action)
    );
    CREATE TABLE authority_use (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- of the command
        by_id uuid NOT NULL,                                 -- who gave it
        whose_id uuid NOT NULL,                              -- on whose authority
        how text NOT NULL
            CHECK (how IN ('owner', 'limit', 'substitute', 'approved', 'within_cap', 'decided')),
        action text NOT NULL,
        amount bigint CHECK (amount >= 0 OR how IN ('limit', 'substitute') AND amount > 0),
        subject_id uuid NOT NULL,
        at timestamptz NOT NULL,
        day date NOT NULL,                                   -- on which it was counted
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX authority_use_day ON authority_use (shop_id, whose_id, action, day);
    CREATE INDEX authority_use_at ON authority_use (shop_id, at, id);
    CREATE TABLE authority_warrant (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- of the command; of a cap, its own
        proposal_id uuid NOT NULL,
        wish bigint,                                         -- digest of the command; none: a cap
        action text NOT NULL,
        amount_max bigint CHECK (amount_max >= 0),           -- none: without bound
        staff_id uuid NOT NULL,                              -- the applicant
        subject_id uuid,                                     -- of a cap: only for this one
        expires_at timestamptz NOT NULL,
        used_by uuid,                                        -- the command
        used_at timestamptz,
        PRIMARY KEY (shop_id, id),
        CHECK ((used_by IS NULL) = (used_at IS NULL)),
        CHECK (wish IS NOT NULL OR amount_max IS NOT NULL),
        CHECK (used_by = id OR wish IS NULL)
    );
    CREATE INDEX authority_warrant_cap ON authority_warrant (shop_id, staff_id)
        WHERE wish IS NULL AND used_by IS NULL;
    CREATE TABLE authority_waiting (                         -- what was held, while it is open
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,                              -- who asked
        wish bigint NOT NULL,                                -- digest of what for, but its id
        proposal_id uuid,                                    -- none: closed, nothing waits
        until timestamptz,                                   -- its deadline
        PRIMARY KEY (shop_id, staff_id, wish),
        CHECK ((proposal_id IS NULL) = (until IS NULL))
    );
    CREATE UNIQUE INDEX authority_waiting_proposal ON authority_waiting (shop_id, proposal_id)
        WHERE proposal_id IS NOT NULL;
    CREATE INDEX authority_waiting_of ON authority_waiting (shop_id, staff_id)
        WHERE proposal_id IS NOT NULL;
    """)
    confine("authority_allowance", "authority_use", "authority_warrant", "authority_waiting")
    apply("REVOKE UPDATE, DELETE ON authority_use FROM frontline_app")
