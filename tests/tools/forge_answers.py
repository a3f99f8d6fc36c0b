"""Cases of forge about meta/answer/: what the accounts say of themselves."""
from package_parts import dumps, sha

ANSWERS = [b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\n\r\n<>",
           b"HTTP/1.1 403 \r\nx-ms-error-code:No\r\n\r\n"]


def with_answers(edit=None, told=None):
    """An alteration: the two answers and their lines; then ${edit} alters the
    list of [member, bytes] and ${told} the facts of the journal's lines."""
    def alter(p):
        stored = [[f"meta/answer/{i + 1:06}.http", a]
                  for i, a in enumerate(ANSWERS)]
        facts = [{"what": "account", "account": "packacct", "container": None,
                  "status": int(a[9:12]), "member": name, "sha256": sha(a)}
                 for name, a in stored]
        facts.append({"what": "table-service", "account": "packacct",
                      "container": None, "status": 0, "member": None})
        if edit:
            edit(stored)
        if told:
            told(facts)
        for name, data in stored:
            p.insert(name, data, "meta/sources.json")
        lines = p.lines("meta/journal.jsonl")
        new = [dict(lines[1], event="answered", facts=f) for f in facts]
        p.set("meta/journal.jsonl", b"".join(
            dumps(x) for x in lines[:-1] + new + lines[-1:]))
    return alter


def spoilt(data):
    """The second answer is ${data}, and its line says the SHA-256 of that."""
    def edit(stored):
        stored[1][1] = data

    def told(facts):
        facts[1]["sha256"] = sha(data)
    return with_answers(edit, told)


def cases():
    wrong = {"answer"}
    return [
        ("two answers about accounts, and one that never came", None,
         with_answers()),
        ("an answer was taken away", wrong, with_answers(lambda s: s.pop())),
        ("the first answer was taken away", wrong,
         with_answers(lambda s: s.pop(0))),
        ("an answer that no line tells of", wrong, with_answers(
            lambda s: s.append(["meta/answer/000003.http", ANSWERS[0]]))),
        ("a line tells of an answer that is not here", wrong, with_answers(
            None, lambda f: f[2].update(member="meta/answer/000003.http",
                                        sha256=sha(b"")))),
        ("an answer's body was altered", wrong, with_answers(
            lambda s: s[0].__setitem__(1, s[0][1].replace(b"<>", b"<<")))),
        ("a line tells of another status", wrong, with_answers(
            None, lambda f: f[1].update(status=200))),
        ("a line tells of the answers in another order", wrong, with_answers(
            None, lambda f: f.insert(0, f.pop(1)))),
        ("a line has no SHA-256 of its answer", wrong, with_answers(
            None, lambda f: f[0].pop("sha256"))),
        ("an answer without a status line", wrong,
         spoilt(b"x-ms-error-code: No\r\n\r\n")),
        ("an answer without an empty line", wrong,
         spoilt(b"HTTP/1.1 403 No\r\nServer: x\r\n")),
        ("an answer with a line that is no header", wrong,
         spoilt(b"HTTP/1.1 403 No\r\nServer\r\n\r\n")),
        ("an answer with a NUL in its head", wrong,
         spoilt(b"HTTP/1.1 403 No\r\nServer: \0\r\n\r\n")),
        ("an empty answer", wrong, spoilt(b"")),
    ]
