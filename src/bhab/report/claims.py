"""What the page of claims shows: our own figures, failed ones first, then each published work with what is wrong."""

from bhab.report.inputs import Inputs, Json

FIRST = "paper"  # the audit this project exists for
PARTS = (  # kind of finding, title, heads of its table
    ("arithmetic", "What the numbers say", ("figure", "printed", "found")),
    ("method", "What was measured, and on what", ("what", "expected", "found")),
)


def claims(inputs: Inputs) -> Json | None:
    """Return {failed, held, unrepeated, unbound, works} of claims.json, None if the stage did not run.

    A work has `n` comparisons, `wrong` of them, what was `checked`, and `parts`: [{title, heads, findings}].
    """
    found = inputs.measured.get("claims")
    if found is None:
        return None
    by_verdict = {
        verdict: [row for row in found["claims"] if row["verdict"] == verdict]
        for verdict in ("fails", "holds", "not recomputed")
    }
    order = sorted(found["audits"], key=lambda name: (name != FIRST, name))
    return {
        "failed": by_verdict["fails"],
        "held": by_verdict["holds"],
        "unrepeated": by_verdict["not recomputed"],
        "unbound": found["unbound"],
        "works": [_work(found["audits"][name]) for name in order],
    }


def _work(audit: Json) -> Json:
    return {
        "title": audit["title"],
        "source": audit["source"],
        "n": sum(row["n"] for row in audit["checked"]),
        "wrong": sum(row["wrong"] for row in audit["checked"]),
        "checked": audit["checked"],
        "parts": [
            {"title": title, "heads": heads, "findings": [f for f in audit["findings"] if f["kind"] == kind]}
            for kind, title, heads in PARTS
        ],
    }
