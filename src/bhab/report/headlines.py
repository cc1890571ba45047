"""The figures a reader needs first, and the sentences that warn; the same on the site and in `bhab summary`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bhab.config import SourceConfig
from bhab.report.inputs import Json, Metrics, by_modality, models_of

NBSP = "\u00a0"  # no-break space: a number stays with its unit
POOR_CALIBRATION = 0.10  # a mean distance of ten points between confidence and accuracy misleads a reader


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure in words: what it is, the figure, what to know beside it, the page and file to look at."""

    what: str
    figure: str
    note: str
    page: str
    file: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that changes how the figures may be used, and the page that shows it."""

    title: str
    sentence: str
    page: str


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal, a dash for None."""
    return "–" if share is None else f"{100 * share:.1f}{NBSP}%"


def points(share: float | None) -> str:
    """Return a difference of shares in percentage points, a dash for None."""
    return "–" if share is None else f"{100 * share:.1f} points"


def counted(n: int, what: str) -> str:
    """Return a count with its noun: 1 group, 2 groups."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def interval(figure: Json) -> str:
    """Return the 95 % interval of a share and its count in words."""
    return f"95{NBSP}% interval {100 * figure['low']:.1f} to {100 * figure['high']:.1f}, n {figure['n']:,}"


def headlines(metrics: Metrics) -> list[Headline]:
    """Return what is known, in the order a reader asks; a figure whose stage did not run is not in it."""
    return [
        *_corpus(metrics),
        *_curation(metrics),
        *_faults(metrics),
        *_models(metrics),
        *_fairness(metrics),
    ]


def _corpus(metrics: Metrics) -> Iterator[Headline]:
    counts = metrics.get("counts")
    if counts is None:
        return
    for modality, table in by_modality(counts["tables"]):
        sources = [s for s in counts["sources"].values() if s["modality"] == modality]
        rejected = sum(sum(s["rejects"].values()) for s in sources)
        note = f"{rejected:,} rejected on the way in, {counted(len(sources), 'source')}"
        yield Headline(f"{modality} kept", f"{table['n']:,}", note, "corpus.html", "counts.json")


def _curation(metrics: Metrics) -> Iterator[Headline]:
    for modality, row in by_modality(metrics.get("curation", {})):
        exact = row["exact"]
        different = exact["contradicting_groups"]
        note = f"{counted(exact['groups'], 'group')} of equal content, {different:,} with different labels"
        yield Headline(f"redundant {modality}", f"{exact['redundant']:,}", note, "duplicates.html", "curation.json")
    for modality, row in by_modality(metrics.get("split", {})):
        held_out = sum(s["n"] for name, s in row["splits"].items() if name != "train")
        note = f"of {held_out:,} held out share a person or content with training"
        yield Headline(f"leaked {modality}", f"{row['leaked']:,}", note, "duplicates.html", "split.json")


def _faults(metrics: Metrics) -> Iterator[Headline]:
    faults = metrics.get("faults")
    if faults is None or not faults["faults"]:
        return
    planted, found = (sum(f[key] for f in faults["faults"]) for key in ("planted", "found"))
    false = sum(round(f["alarms"] * (1 - f["precision"])) for f in faults["faults"])
    note = counted(false, "false alarm")
    yield Headline("planted faults found", f"{found:,} of {planted:,}", note, "faults.html", "faults.json")


def _models(metrics: Metrics) -> Iterator[Headline]:
    for name, model in models_of(metrics, "fer").items():
        accuracy = model["test"]["accuracy"]
        if accuracy is None:
            continue
        clean = (model.get("test_without_leaked") or {}).get("accuracy")
        leaks = f"; {percent(clean['value'])} without leaked faces" if clean else ""
        note = f"{interval(accuracy)}{leaks}; the commonest label alone: {percent(model['majority_share'])}"
        yield Headline(f"accuracy of {name}", percent(accuracy["value"]), note, "models.html", f"fer_{name}.json")
    feedback = metrics.get("feedback")
    if feedback is not None and feedback["n"]:
        right = feedback["next_token_accuracy"]
        note = f"{interval(right)}; perplexity {feedback['perplexity']:.1f}"
        yield Headline("next word, feedback model", percent(right["value"]), note, "models.html", "feedback.json")


def _fairness(metrics: Metrics) -> Iterator[Headline]:
    for name, model in models_of(metrics, "fairness").items():
        worst = model["largest"]["recall"] or model["largest"]["accuracy"]
        if worst is not None:
            gap = worst["gap"]
            what = f"recall of {worst['emotion']}" if worst["emotion"] else "accuracy"
            side = "more than" if gap["value"] > gap["by_chance"] else "within"
            note = (
                f"{what}, {worst['attribute']}: {gap['worst']} lowest, {gap['best']} highest;"
                f" {side} the {points(gap['by_chance'])} of chance"
            )
            yield Headline(
                f"largest gap of {name}", points(gap["value"]), note, "fairness.html", f"fairness_{name}.json"
            )


def found(sentence: str) -> str:
    """Return what a gate found, without the gate's name before it."""
    return sentence.partition(": ")[2] + "."


def gate_cautions(verdicts: Mapping[str, list[Json]]) -> list[Caution]:
    """Return one caution for each gate that did not pass and let the run go on."""
    failed = [gate for gates in verdicts.values() for gate in gates if not gate["passed"]]
    return [Caution(f"Gate {gate['gate']} did not pass", gate["asks"], "gates.html") for gate in failed]


def cautions(metrics: Metrics, suites: Metrics, sources: Mapping[str, SourceConfig]) -> list[Caution]:
    """Return what a reader must know before using any figure, gravest first."""
    return [*_about_sources(sources), *_about_data(metrics, suites), *_about_models(metrics)]


def _about_sources(sources: Mapping[str, SourceConfig]) -> Iterator[Caution]:
    drawn = [name for name, s in sources.items() if s.consent == "synthetic"]
    if drawn:
        whole = "All data are" if len(drawn) == len(sources) else f"{', '.join(drawn)}: these data are"
        yield Caution(
            "Synthetic data",
            f"{whole} made by this package: drawn faces, generated sentences, a speech synthesiser. Figures show that"
            " the pipeline works. They say nothing about people.",
            "corpus.html",
        )
    unknown = [name for name, s in sources.items() if s.consent == "unknown"]
    if unknown:
        yield Caution("Consent unknown", f"No source says how people agreed: {', '.join(unknown)}.", "corpus.html")


def _about_data(metrics: Metrics, suites: Metrics) -> Iterator[Caution]:
    for modality, suite in suites.items():
        if not suite["success"]:
            yield Caution("Broken contract", f"The table of {modality} breaks its contract.", "validation.html")
    for modality, row in by_modality(metrics.get("curation", {})):
        twins, spanning = row["exact"]["test_items_with_train_twin"], row["exact"]["groups_spanning_splits"]
        near = row["near"]["test_items_with_near_twin"]
        if twins or spanning or near:
            sentence = (
                f"In the splits that the sources published, {counted(twins, 'test item')} of {modality} had a twin with"
                f" equal content in training, {counted(near, 'test item')} a nearly equal one, and"
                f" {counted(spanning, 'group')} of equal content lay on both sides."
            )
            yield Caution("Leakage as published", sentence, "duplicates.html")
    for modality, row in by_modality(metrics.get("split", {})):
        if row["leaked"]:
            sentence = f"{row['leaked']:,} held-out {modality} share a person or their content with training."
            yield Caution("Leakage in this split", sentence, "duplicates.html")


def _about_models(metrics: Metrics) -> Iterator[Caution]:
    for name, model in models_of(metrics, "fer").items():
        error = model["test"].get("ece")
        if error and error["value"] > max(POOR_CALIBRATION, model["test"]["ece_by_chance"]):
            sentence = f"{name} is off by {points(error['value'])} on average when it states how sure it is."
            yield Caution("Poor calibration", sentence, "models.html")
    for _, model in list(models_of(metrics, "fairness").items())[:1]:  # the test faces are the same for all
        small = sum(not g["score"] for row in model["attributes"] for g in row["groups"])
        unstated = [row["attribute"] for row in model["attributes"] if not row["stated"]]
        if small:
            sentence = (
                f"{counted(small, 'group')} of test faces are under {model['min_n_scored']} faces: listed, not scored."
            )
            yield Caution("Small groups", sentence, "fairness.html")
        if unstated and model["n"]:
            sentence = f"No test face states {', '.join(unstated)}: nothing is known of fairness by that."
            yield Caution("Groups not stated", sentence, "fairness.html")
