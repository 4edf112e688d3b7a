"""The ledger balances."""

from __future__ import annotations

from sqlalchemy import text

from frontline.store.audit import Audits

_ACCOUNTS = text("SELECT count(*) AS n FROM ledger_account WHERE shop_id = :shop_id")
_BALANCES = text("""
    SELECT COALESCE(a.account, t.account) AS id
    FROM (SELECT account, debited, credited FROM ledger_account WHERE shop_id = :shop_id) AS a
    FULL JOIN (
        SELECT account, sum(debited) AS debited, sum(credited) AS credited
        FROM (
            SELECT debit AS account, amount AS debited, 0 AS credited
            FROM ledger_transfer WHERE shop_id = :shop_id
            UNION ALL
            SELECT credit, 0, amount FROM ledger_transfer WHERE shop_id = :shop_id) AS sides
        GROUP BY account) AS t ON t.account = a.account
    WHERE COALESCE(a.debited, 0) <> COALESCE(t.debited, 0)
       OR COALESCE(a.credited, 0) <> COALESCE(t.credited, 0)
""")
_UNBALANCED = text("""
    SELECT 'all accounts' AS id FROM ledger_account
    WHERE shop_id = :shop_id HAVING sum(debited) <> sum(credited)
""")

AUDITS: Audits = {
    "ledger accounts": (
        "I3: an account's balance is the sum of its transfers",
        _ACCOUNTS,
        _BALANCES,
    ),
    "ledger balance": ("I3: all accounts together hold nothing", _ACCOUNTS, _UNBALANCED),
}
