"""Stage `claims`: figures of our documents against what they are bound to; published tables against themselves.

It reads what other stages measured and never what is made from it: no claim may name claims.json or the report.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

from bhab.claims.audit import Audit, load_audits
from bhab.claims.claim import Claims, Query, load_claims
from bhab.claims.outcome import Outcome, failed, outcome, sentence
from bhab.claims.queries import answer, read_documents
from bhab.config import load_params
from bhab.errors import ClaimError
from bhab.stage import run_stage
from bhab.store import write_json


def claims(
    bound: Claims, documents: Mapping[str, str], ask: Callable[[Query], Fraction], audits: Mapping[str, Audit]
) -> Outcome:
    """Return what became of every claim, and what every audit found. `ask` answers a query."""
    return outcome(bound, documents, ask, audits)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write; then stop the run if a claim of our own does not hold and params ask for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=Path, required=True)
    parser.add_argument("--audits", type=Path, required=True, help="folder of published works, typed in as data")
    parser.add_argument("--root", type=Path, default=Path(), help="folder that files of claims are named from")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    bound = load_claims(args.claims)
    result = claims(bound, read_documents(bound, args.root), partial(answer, root=args.root), load_audits(args.audits))
    write_json(result, args.metrics)
    wrong = failed(result)
    if wrong and load_params(args.params).claims.severity == "stop":
        raise ClaimError(sentence(wrong))


if __name__ == "__main__":
    run_stage(main)
