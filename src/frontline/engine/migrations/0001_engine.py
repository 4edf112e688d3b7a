"""Answers, outbox and timers."""

from frontline.store.migration import apply, confine

revision = "engine_0001"
down_revision = None
branch_labels = ("engine",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE answer (
        shop_id bigint NOT NULL,
        command_id uuid NOT NULL,
        wish bigint NOT NULL,                                -- digest of the command
        outcome text NOT NULL,                               -- JSON
        PRIMARY KEY (shop_id, command_id)
    );
    CREATE TABLE outbox (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        next_at timestamptz NOT NULL,                        -- not to be looked at before
        done boolean NOT NULL,
        attempts int NOT NULL,
        events text NOT NULL,                                -- JSON array: those of one batch
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX outbox_due ON outbox (shop_id, next_at) WHERE NOT done;
    CREATE TABLE timer (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        due_at timestamptz NOT NULL,
        commands text NOT NULL,                              -- JSON array of [name, command]
        failures int NOT NULL DEFAULT 0,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX timer_due ON timer (shop_id, due_at);
    """)
    confine("answer", "outbox", "timer")
