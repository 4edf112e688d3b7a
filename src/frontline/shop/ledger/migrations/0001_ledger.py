"""Transfers of money, insert-only, and the balances they sum to."""

from frontline.store.migration import apply, confine

revision = "ledger_0001"
down_revision = None
branch_labels = ("ledger",)
depends_on = ("store_0001",)

ACCOUNTS = "('provider', 'sales', 'suspense', 'refunds_due')"


def upgrade() -> None:
    apply(f"""
    CREATE TABLE ledger_transfer (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        debit text NOT NULL CHECK (debit IN {ACCOUNTS}),
        credit text NOT NULL CHECK (credit IN {ACCOUNTS}),
        amount bigint NOT NULL CHECK (amount > 0),           -- minor units
        cause_id uuid NOT NULL,
        PRIMARY KEY (shop_id, id),
        CHECK (debit <> credit)
    );
    CREATE INDEX ledger_transfer_of_cause ON ledger_transfer (shop_id, cause_id);
    CREATE TABLE ledger_account (
        shop_id bigint NOT NULL,
        account text NOT NULL CHECK (account IN {ACCOUNTS}),
        debited bigint NOT NULL CHECK (debited >= 0),
        credited bigint NOT NULL CHECK (credited >= 0),
        PRIMARY KEY (shop_id, account)
    );
    """)
    confine("ledger_transfer", "ledger_account")
    apply("REVOKE UPDATE, DELETE ON ledger_transfer FROM frontline_app")
