"""Reads a chain-of-custody form as any parser of HTML would: fields by their
names, no script, nothing from elsewhere, no attribute that a text made."""
import html.parser
import json
import re
import sys

TAGS = set("html head meta title style body h1 h2 h3 p div dl dt dd section ul "
           "li table thead tbody tr th td span footer".split())
ATTRIBUTES = set("lang charset http-equiv content name id class data-field "
                 "data-entry data-half data-code data-fact".split())
VOID = {"meta"}


class Form(html.parser.HTMLParser):
    """Collects fields, entries, halves of hand-overs, and findings."""

    def __init__(self):
        super().__init__()
        self.open, self.fields, self.text = [], [], []
        self.entries, self.halves, self.codes, self.facts = [], [], [], {}
        self.place = "item"

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        names = [n for n, _ in attrs]
        assert set(names) <= ATTRIBUTES, names
        assert len(set(names)) == len(names), names
        a = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, a))
        if "data-entry" in a:
            self.entries.append((a["data-entry"], []))
            self.place = "entry"
        if "data-half" in a:
            self.halves.append((a["data-half"], []))
            self.place = "half"
        if a.get("id") in ("further", "findings", "checked"):
            self.place = "page"
        if "data-code" in a:
            self.codes.append(a["data-code"])
        self.text = [] if tag in ("dd", "li") else self.text

    def handle_endtag(self, tag):
        was, a = self.open.pop()
        assert was == tag, (was, tag)
        if "data-fact" in a:
            self.facts[a["data-fact"]] = "".join(self.text)
        if "data-field" not in a:
            return
        pair = (a["data-field"], "".join(self.text))
        if self.place == "entry":
            self.entries[-1][1].append(pair)
        elif self.place == "half":
            self.halves[-1][1].append(pair)
        else:
            self.fields.append(pair)

    def handle_data(self, data):
        self.text.append(data)


def read(path):
    """Parse the form at ${path}, which must be one self-contained page."""
    text = open(path, encoding="utf-8").read()
    style = text[text.index("<style>"):text.index("</style>")]
    assert not re.search(r"@import|url\(|expression", style, re.I)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
                         text)
    form = Form()
    form.feed(text)
    form.close()
    assert not form.open, form.open
    return form


def pages(path):
    """How many pages a PDF by a browser has."""
    return len(re.findall(rb"/Type\s*/Page\b", open(path, "rb").read()))


if __name__ == "__main__":
    if sys.argv[1] == "pages":
        print(pages(sys.argv[2]))
        sys.exit(0)
    have = read(sys.argv[1])
    json.dump({"fields": have.fields, "entries": have.entries,
               "halves": have.halves, "codes": have.codes,
               "facts": have.facts}, sys.stdout)
