"""Stage `validate`: a table of samples -> what its suite and its rules found; a broken contract stops the run."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bhab.config import ValidateConfig, load_params
from bhab.errors import ContractError
from bhab.quality.rules import RULES, judge_rule, not_clean, rules_sentence
from bhab.quality.suites import Verdict, judge, sentence
from bhab.schema import SAMPLE_TABLES, Columns, Modality
from bhab.stage import run_stage
from bhab.store import read_table, write_json
from bhab.text.clean import clean


def validate(samples: pa.Table, modality: Modality, config: ValidateConfig) -> Verdict:
    """Return the verdict on one table: that of its suite, with `rules`, what each rule between columns found.

    `success` is false if an expectation or a rule of severity stop is broken. Raises ContractError for a column of
    another type.
    """
    verdict = judge(samples, modality, SAMPLE_TABLES[modality], examples=config.examples)
    rules = [*RULES[modality], *([not_clean(clean)] if modality is Modality.TEXTS else [])]
    outcomes = [judge_rule(rule, samples, examples=config.examples) for rule in rules]
    return verdict | {"rules": outcomes, "success": verdict["success"] and not _stopping(outcomes)}


def _stopping(outcomes: Sequence[Verdict]) -> list[Verdict]:
    return [o for o in outcomes if o["severity"] == "stop" and not o["success"]]


def broken(verdict: Verdict, columns: Columns) -> str:
    """Return what is wrong with a table that is not a success, the suite's words first."""
    rules = _stopping(verdict["rules"])
    parts = [sentence(verdict, columns)] if not all(o["success"] for o in verdict["expectations"]) else []
    return "\n".join(parts + ([rules_sentence(verdict["table"], verdict["n"], rules)] if rules else []))


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write; then stop the run if the contract is broken. The verdict says so too, for a person to read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modality", type=Modality, choices=list(Modality), required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    config = load_params(args.params).validate_
    columns = SAMPLE_TABLES[args.modality]
    verdict = validate(read_table(args.table, columns), args.modality, config)
    write_json(verdict, args.out)
    if config.severity == "stop" and not verdict["success"]:
        raise ContractError(broken(verdict, columns))


if __name__ == "__main__":
    run_stage(main)
