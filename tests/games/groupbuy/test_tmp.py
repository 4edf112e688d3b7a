import asyncio
from frontline.store import statements
def test_sql(database):
    found=[s for s in statements.found() if 'groupbuy' in s[0]]
    print(len(found))
    wrong=asyncio.run(statements.check(database.replace('+asyncpg',''), found))
    assert not wrong, '\n'.join(wrong)
