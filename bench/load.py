"""Orders over HTTP, at some fifteen microseconds of CPU an order.

    python bench/load.py PORT CONNECTIONS SECONDS FIRST_SKU LAST_SKU SENT

Every connection sends its next order when it has heard the answer to the last; when the time is
over, the last answers are waited for, so that what was acknowledged can be counted to the unit.
Prints one line of JSON. Standard library only.
"""

import gc
import json
import random
import re
import select
import socket
import sys
import time
from hashlib import md5
from uuid import UUID

MEMBERS = 2_000
SENT = (1, 10_000)  # SKUs with carriage: an order of them has an address.
UNSENT = (10_001, 20_000)
HOT = (1, 1)
DRAIN_S_MAX = 30.0
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def token(member):
    return f"1.{md5(f'token {member}'.encode()).hexdigest():0>43}"


def id_of(name):
    return str(UUID(md5(name.encode()).hexdigest()))


def heads():
    """One for each member, up to the length of the body."""
    return [
        "POST /api/orders/place HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-language: zh-CN\r\n"
        f"authorization: Bearer {token(member)}\r\ncontent-type: application/json\r\n"
        "content-length: "
        for member in range(1, MEMBERS + 1)
    ]


def tails(sent):
    """What differs by member, to the end of the body."""
    if not sent:
        return [""] * MEMBERS
    return [f',"address_id":"{id_of(f"address {m}")}"' for m in range(1, MEMBERS + 1)]


class Wishes:
    def __init__(self, first, last, sent):
        self.heads, self.tails = heads(), tails(sent)
        self.skus = [
            f'","lines":[{{"sku_id":"{id_of(f"sku {sku}")}","quantity":1}}]'
            f',"expected_total":{100 + sku}'
            for sku in range(first, last + 1)
        ]
        self.length = len(self.next_id()) + len('{"id":"}')

    def next_id(self):
        """A UUID of version 7, as the storefront mints them."""
        ms, chance = f"{time.time_ns() // 1_000_000:012x}", f"{random.getrandbits(72):018x}"
        return f"{ms[:8]}-{ms[8:]}-7{chance[:3]}-8{chance[3:6]}-{chance[6:]}"

    def next(self):
        member = int(random.random() * MEMBERS)
        middle = self.skus[int(random.random() * len(self.skus))]
        tail = self.tails[member]
        size = self.length + len(middle) + len(tail)
        return (
            f'{self.heads[member]}{size}\r\n\r\n{{"id":"{self.next_id()}{middle}{tail}}}'.encode()
        )


def run(port, connections, seconds, wishes):
    poll = select.epoll()
    sockets, sent, partial = {}, {}, {}
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[one.fileno()] = one
        poll.register(one.fileno(), select.EPOLLIN)
    clock, took, refused = time.perf_counter, [], {}
    begin, cpu = clock(), time.process_time()
    until = begin + seconds
    for number, one in sockets.items():
        sent[number] = clock()
        one.sendall(wishes.next())
    last = begin
    while sent:
        for number, _ in poll.poll(DRAIN_S_MAX):
            one = sockets[number]
            answer = partial.pop(number, b"") + one.recv(65_536)
            head, _, body = answer.partition(b"\r\n\r\n")
            if not body or len(body) < int(LENGTH.search(head)[1]):
                assert answer, "the server hung up"
                partial[number] = answer
                continue
            last = clock()
            took.append(last - sent.pop(number))
            if (status := answer[9:12]) != b"200":
                refused[status.decode()] = refused.get(status.decode(), 0) + 1
            if last < until:
                sent[number] = last
                one.sendall(wishes.next())
        assert clock() < until + DRAIN_S_MAX, "no answer"
    took.sort()
    return {
        "answers": len(took),
        "refused": refused,
        "rps": len(took) / (last - begin),
        "p50_ms": took[len(took) // 2] * 1e3,
        "p99_ms": took[len(took) * 99 // 100] * 1e3,
        "own_us": (time.process_time() - cpu) / len(took) * 1e6,
    }


if __name__ == "__main__":
    port, connections, seconds, first, last, sent = map(int, sys.argv[1:])
    gc.disable()
    print(json.dumps(run(port, connections, seconds, Wishes(first, last, sent))))
