"""Stage `probe`: samples of one modality, their groups and labels -> what models that did not see them say of each."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bhab.config import ProbeConfig, load_params
from bhab.curation.folds import assign_folds, held_together
from bhab.curation.labels import places
from bhab.schema import EMOTIONS, FACE_PX, GROUPS, LABELS, PAIRS, PROBE, SAMPLE_TABLES, Modality, arrow_schema
from bhab.stage import run_stage
from bhab.store import pixels, read_table, take_ids, write_table

DECIMALS = 6  # the last digits of float64 depend on the processor


@dataclass(frozen=True, slots=True)
class Before:
    """What the stages before found, over all modalities: GROUPS, PAIRS and LABELS."""

    groups: pa.Table
    pairs: pa.Table
    labels: pa.Table


def probe(samples: pa.Table, before: Before, modality: Modality, config: ProbeConfig) -> pa.Table:
    """Return PROBE: one row for each of `samples`, sorted by sample_id."""
    samples = samples.sort_by("sample_id")
    known = places(take_ids(before.labels, samples["sample_id"].to_pylist())["emotion"])
    together = held_together(samples, before.groups, before.pairs, modality, config.folds[modality])
    folds = assign_folds(together, known, config.folds[modality], config.salt)
    probabilities, outlier = out_of_fold(samples, modality, known, folds, config)
    columns = {
        "sample_id": samples["sample_id"],
        "modality": pa.repeat(str(modality), len(samples)),
        "fold": pa.array(folds, pa.int32()),
        **{f"p_{e}": probabilities[:, place].round(DECIMALS) for place, e in enumerate(EMOTIONS)},
        "outlier": outlier.round(DECIMALS),
    }
    schema = arrow_schema(PROBE)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def out_of_fold(
    samples: pa.Table, modality: Modality, labels: NDArray[np.int64], folds: NDArray[np.int64], config: ProbeConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return probabilities (n, 7) in the order of EMOTIONS and how unlike the others each sample is (n,)."""
    if modality is Modality.TEXTS:
        from bhab.text.probe import probe_texts  # each modality without the libraries of the others

        return probe_texts(samples["text"].to_pylist(), labels, folds, config)
    if modality is Modality.SPEECH:
        from bhab.audio.probe import probe_clips

        clips = [np.frombuffer(pcm, dtype="<i2") for pcm in samples["pcm"].to_pylist()]
        return probe_clips(clips, samples["transcript"].to_pylist(), labels, folds, config)
    from bhab.training.probe import probe_faces

    images = pixels(samples["image"], (FACE_PX, FACE_PX)).copy()  # PyTorch takes no array that cannot be written to
    return probe_faces(images, labels, folds, config)


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modality", type=Modality, choices=list(Modality), required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--curation", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    probed = probe(
        read_table(args.table, SAMPLE_TABLES[args.modality]),
        Before(
            groups=read_table(args.curation / "groups.parquet", GROUPS),
            pairs=read_table(args.curation / "pairs.parquet", PAIRS),
            labels=read_table(args.labels / "labels.parquet", LABELS),
        ),
        args.modality,
        load_params(args.params).probe,
    )
    write_table(probed, args.out)


if __name__ == "__main__":
    run_stage(main)
