"""What the stage writes and `bhab audit-claims` prints: our own claims, and what the audits found."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from bhab.claims.audit import Audit
from bhab.claims.claim import Claims, Query
from bhab.claims.compare import compare
from bhab.claims.findings import CHECKS, grouped
from bhab.claims.judge import judge, unbound
from bhab.claims.published import published

TOLD = 3  # failed claims named in one message; the outcome has all

Outcome = dict[str, Any]  # {"claims": [Judged], "unbound": [Unbound], "audits": {name: what audited() returns}}


def outcome(
    claims: Claims, documents: Mapping[str, str], ask: Callable[[Query], Fraction], audits: Mapping[str, Audit]
) -> Outcome:
    """Return what became of each claim, the figures nothing is bound to, and each audit, as plain values for JSON."""
    return {
        "claims": [asdict(row) for row in judge(claims, documents, ask)],
        "unbound": [asdict(row) for row in unbound(claims, documents)],
        "audits": {name: audited(audit) for name, audit in audits.items()},
    }


def audited(audit: Audit) -> dict[str, Any]:
    """Return {title, source, checked: [{check, kind, title, n, wrong}], findings, scores} of one published work.

    A finding is a Finding with `source`: where the figures were read. `scores` is what published() returns.
    """
    sources = {part.where: part.source for part in audit.parts()} | {q.what: q.source for q in audit.quantities}
    rows = compare(audit)
    n, wrong = Counter(row.check for row in rows), Counter(row.check for row in rows if not row.agrees)
    return {
        "title": audit.title,
        "source": audit.source,
        "checked": [
            {"check": name, "kind": check.kind, "title": check.title, "n": n[name], "wrong": wrong[name]}
            for name, check in CHECKS.items()
            if n[name]
        ],
        "findings": [asdict(finding) | {"source": sources[finding.where]} for finding in grouped(rows)],
        "scores": published(audit),
    }


def failed(result: Outcome) -> list[Outcome]:
    """Return the claims of our own that do not hold."""
    return [row for row in result["claims"] if row["verdict"] == "fails"]


def sentence(rows: Sequence[Outcome]) -> str:
    """Return which claims do not hold, and why, in one sentence."""
    told = [f"{row['id']} claims {row['claimed']}, found {row['found']} ({row['sentence']})" for row in rows[:TOLD]]
    more = [f"{len(rows) - TOLD} more that do not hold"] if len(rows) > TOLD else []
    return "claims: " + "; ".join([*told, *more])
