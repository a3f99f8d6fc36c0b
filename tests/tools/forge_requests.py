"""Cases of forge about requests.jsonl: the connections that requests went over."""
REQUEST = (b'{"format":"azcustody/request/1","seq":%d,"source":null,'
           b'"object":null,"method":"GET","url":"https://x/","range":null,'
           b'"status":200,"bytes":0,"error":null,"request_id":null,'
           b'"client_request_id":null,"date":null,'
           b'"sent_at":"2026-11-23T23:16:13.0000000Z",'
           b'"done_at":"2026-11-23T23:16:13.0000000Z"%s}\n')
OPENING = (b',"connection":%d,"opening":{"peer":"a:1","local":"b:2",'
           b'"protocol":null,"cipher":null,"chain":[%s]}')


def lines(*tails):
    """An alteration: requests.jsonl is of one line a tail."""
    def alter(p):
        p.set("meta/requests.jsonl", b"".join(
            REQUEST % (i + 1, tail) for i, tail in enumerate(tails)))
        p.edit_json("meta/footprint.json",
                    lambda x: x.update(requests=len(tails)))
    return alter


def cases():
    one = OPENING % (1, b"")
    return [
        ("two connections, each opened once", None,
         lines(one, b',"connection":1', b"", OPENING % (2, b""),
               b',"connection":1')),
        ("a request went over a connection that no line opens", {"request"},
         lines(one, b',"connection":2')),
        ("a connection is opened twice", {"request"}, lines(one, one)),
        ("a connection's number is left out", {"request"},
         lines(one, OPENING % (3, b""))),
        ("a connection is opened without a number", {"request"},
         lines(one.replace(b',"connection":1', b""))),
        ("a connection's certificate is not there", {"certificate"},
         lines(OPENING % (1, b'"' + b"ab" * 32 + b'"'))),
    ]
