import asyncio, sys
sys.path.insert(0,'/work/main/tests')
from uuid import UUID, uuid4
from sqlalchemy import text
from frontline.engine.engine import Engine, new_id
from frontline.house import assembled
from frontline.kernel.words import *
from frontline.shop.order.messages import *
from frontline.shop.payment.messages import *
from frontline.wechat.provider import Channel
from datetime import datetime, UTC
def test_smoke(server_url, database):
    asyncio.run(go(database))
async def go(url):
    from databases import owner, connect
    c=await connect(owner(url))
    await c.execute("set app.shop_id='1'")
    sku=uuid4(); prod=uuid4(); m=uuid4(); addr=uuid4()
    await c.execute("insert into shop select 1,'demo','Demo','CNY','zh','Asia/Shanghai',now() where not exists (select 1 from shop)")
    await c.execute("insert into product(shop_id,id,handle,title,body_html,vendor,tags,on_sale,option_names,price_min,search,extra,created_at,updated_at) values(1,$1,'h','曲奇','','','{}',true,'{}',100,'','{}',now(),now())",prod)
    await c.execute("insert into sku(shop_id,id,product_id,position,code,option_values,price,weight_g,barcode,needs_shipping,picture_src,extra) values(1,$1,$2,1,'','{}',100,0,'',false,'','{}')",sku,prod)
    await c.execute("insert into stock values(1,$1,10,0,0)",sku)
    await c.execute("insert into stock_movement(shop_id,sku_id,at,kind,quantity,cause_id,reason) values(1,$1,now(),'adjustment',10,$1,'')",sku)
    from frontline.app import open_house
    h=assembled()
    o=open_house(url,{})
    e=o.engine
    oid=new_id()
    cmd=PlaceOrder(id=oid,member_id=m,wanted=(Wanted(sku,2),Wanted(sku,1)))
    print(await e.submit(1,cmd)); print(await e.submit(1,cmd))
    print(await e.submit(1,PlaceOrder(id=oid,member_id=m,wanted=(Wanted(sku,3),))))
    print(await e.submit(1,StartPayment(id=new_id(),order_id=oid,member_id=m,channel=Channel.JSAPI,currency='CNY')))
    s=Settle(id=new_id(),out_trade_no=oid.hex,transaction_id='t1',amount=300,currency='CNY',payer=None,paid_at=datetime.now(UTC))
    print(await e.submit(1,s)); print(await e.submit(1,s))
    print(await e.submit(1,Settle(id=new_id(),out_trade_no=oid.hex,transaction_id='t2',amount=300,currency='CNY',payer=None,paid_at=datetime.now(UTC))))
    print(await e.submit(1,ShipOrder(id=new_id(),order_id=oid,staff_id=m,carrier='SF',tracking='1',contents=((1,1),))))
    print(await e.submit(1,ShipOrder(id=new_id(),order_id=oid,staff_id=m,carrier='SF',tracking='1')))
    print(await e.submit(1,ReceiveOrder(id=new_id(),order_id=oid,member_id=m)))
    print(await c.fetch('select * from stock'), await c.fetch('select * from ledger_account'), await c.fetch('select state from order_step order by id'), await c.fetch('select due_at, commands from timer'), await c.fetch('select done,events from outbox'))
    assert [x.counts.halvings for x in e.combiners.values()]==[0]*len(e.combiners)
    await o.database.close(); await c.close()
