"""What Citus asks of a schema, checked on a plain PostgreSQL from pg_catalog alone.

Tables are sharded by `shop_id`, but for those listed: reference tables (of no shop, copied to
every node) and local ones (on the first node only). A schema that passes can be distributed.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from sqlalchemy import make_url

_TABLES = """FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"""
_KEYS = """FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class r ON r.oid = k.confrelid"""
_SHARDED = "c.relname <> ALL (%(ref)s) AND c.relname <> ALL (%(loc)s)"

CHECKS = {
    "T1 every table has a bigint NOT NULL shop_id, or is listed": f"""
        SELECT c.relname, 'no bigint not-null shop_id' {_TABLES}
        WHERE n.nspname = %(ns)s AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND {_SHARDED}
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
            AND a.attname = 'shop_id' AND a.attnotnull AND a.atttypid = 'int8'::regtype)""",
    "T2 every primary key, unique key and exclusion of a sharded table holds shop_id": f"""
        SELECT c.relname, i.indexrelid::regclass::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND {_SHARDED} AND NOT c.relispartition
          AND (i.indisunique OR i.indisexclusion)
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
            AND a.attname = 'shop_id'
            AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))""",
    "T3 every table has a primary key": f"""
        SELECT c.relname, 'no primary key' {_TABLES}
        WHERE n.nspname = %(ns)s AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND NOT EXISTS (SELECT FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype = 'p')""",
    "F1 a foreign key between sharded tables pairs shop_id with shop_id": f"""
        SELECT c.relname, k.conname {_KEYS}
        WHERE k.contype = 'f' AND n.nspname = %(ns)s AND {_SHARDED}
          AND r.relname <> ALL (%(ref)s)
          AND NOT EXISTS (SELECT FROM generate_subscripts(k.conkey, 1) g
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[g]
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[g]
            WHERE a.attname = 'shop_id' AND b.attname = 'shop_id')""",
    "F2 no foreign key from a reference or local table to a sharded one": f"""
        SELECT c.relname, k.conname {_KEYS}
        WHERE k.contype = 'f' AND n.nspname = %(ns)s AND NOT ({_SHARDED})
          AND r.relname <> ALL (%(ref)s) AND r.relname <> ALL (%(loc)s)""",
    "F3 no SET NULL, SET DEFAULT or ON UPDATE CASCADE on a key that holds shop_id": f"""
        SELECT c.relname, k.conname {_KEYS}
        WHERE k.contype = 'f' AND n.nspname = %(ns)s
          AND (k.confdeltype IN ('n', 'd') OR k.confupdtype IN ('n', 'd', 'c'))
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
            AND a.attname = 'shop_id' AND a.attnum = ANY (k.conkey))""",
    "G1 no trigger": """
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND NOT t.tgisinternal AND c.relname <> ALL (%(loc)s)""",
    "G2 no rule other than a view's own": """
        SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND r.rulename <> '_RETURN'""",
    "S1 sequences and identities are bigint": """
        SELECT c.relname, 'int sequence' FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND s.seqtypid <> 'int8'::regtype
        UNION ALL
        SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND a.attidentity <> '' AND a.atttypid <> 'int8'::regtype""",
    "P1 partitions have no partitions": f"""
        SELECT c.relname, 'sub-partitioned' {_TABLES}
        WHERE n.nspname = %(ns)s AND c.relkind = 'p' AND c.relispartition""",
    "I1 no table inherits": """
        SELECT c.relname, 'inherits' FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND NOT c.relispartition AND c.relkind = 'r'""",
    "V1 nothing is written through views": """
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(ns)s AND c.relkind = 'v' AND NOT t.tgisinternal""",
    "R1 row-level security is on, forced, and has a policy": f"""
        SELECT c.relname, 'open' {_TABLES}
        WHERE n.nspname = %(ns)s AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND {_SHARDED}
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity
            AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))""",
    "C1 no table is unlogged": f"""
        SELECT c.relname, 'unlogged' {_TABLES}
        WHERE n.nspname = %(ns)s AND c.relkind = 'r' AND c.relpersistence = 'u'""",
}


def failures(
    url: str, reference: Sequence[str], local: Sequence[str], schema: str = "public"
) -> dict[str, list[tuple[str, str]]]:
    """What each failing check found, by the check's code."""
    place = make_url(url)
    names = {"ns": schema, "ref": list(reference), "loc": list(local)}
    with psycopg.connect(
        host=place.query.get("host", place.host),
        port=place.port,
        user=place.username,
        password=place.password,
        dbname=place.database,
    ) as connection:
        found = {
            name[:2]: connection.execute(sql, names).fetchall() for name, sql in CHECKS.items()
        }
    return {code: rows for code, rows in found.items() if rows}
