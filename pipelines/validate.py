"""Stage `validate`: a table of samples -> what each expectation of its suite found; a broken contract stops the run."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from bhab.config import ValidateConfig, load_params
from bhab.errors import ContractError
from bhab.quality.suites import Verdict, judge, sentence
from bhab.schema import SAMPLE_TABLES, Modality
from bhab.stage import run_stage
from bhab.store import read_table, write_json


def validate(samples: pa.Table, modality: Modality, config: ValidateConfig) -> Verdict:
    """Return the verdict on one table. Raises ContractError for a column of another type."""
    return judge(samples, modality, SAMPLE_TABLES[modality], examples=config.examples)


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
        raise ContractError(sentence(verdict, columns))


if __name__ == "__main__":
    run_stage(main)
