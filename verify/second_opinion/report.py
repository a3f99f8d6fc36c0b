"""Findings, and the five verdicts they add up to."""
from __future__ import annotations

from dataclasses import dataclass, field

QUESTIONS = ("integrity", "authenticity", "completeness", "custody", "time")
MUST_PASS = QUESTIONS[:3]


@dataclass(frozen=True)
class Finding:
    """One thing found: what it is about, how much it weighs, and why."""
    question: str
    weight: str  # FAIL, UNDECIDED, or note.
    code: str
    member: str
    text: str


@dataclass
class Report:
    """All findings about one package."""
    path: str
    require: tuple[str, ...] = ()
    must_pass: tuple[str, ...] = MUST_PASS
    questions: tuple[str, ...] = QUESTIONS  # Those that are asked.
    findings: list[Finding] = field(default_factory=list)

    def add(self, question: str, weight: str, code: str, text: str,
            member: str = "") -> None:
        self.findings.append(Finding(question, weight, code, member, text))

    def fail(self, question: str, code: str, text: str, member: str = "") -> None:
        self.add(question, "FAIL", code, text, member)

    def undecided(self, question: str, code: str, text: str,
                  member: str = "") -> None:
        self.add(question, "UNDECIDED", code, text, member)

    def broken(self, code: str, text: str, member: str = "") -> None:
        """A failure of integrity, which most are."""
        self.fail("integrity", code, text, member)

    def has(self, code: str) -> bool:
        return any(f.code == code for f in self.findings)

    def verdict(self, question: str) -> str:
        weights = {f.weight for f in self.findings if f.question == question}
        return next((w for w in ("FAIL", "UNDECIDED") if w in weights), "PASS")

    def exit_code(self) -> int:
        if any(self.verdict(q) == "FAIL" for q in QUESTIONS):
            return 1
        needed = self.must_pass + self.require
        return 0 if all(self.verdict(q) == "PASS" for q in needed) else 2
