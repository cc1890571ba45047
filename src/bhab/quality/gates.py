"""Gates: questions with a yes or a no, asked before training and before anything is published.

A gate function says what it found. Its severity is the user's choice, in params.yaml: stop ends the run, report only
writes it down. Either way the verdict is there to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bhab.config import GatesConfig
from bhab.errors import GateError

Gate = dict[str, Any]  # {"gate", "asks", "severity", "passed", "sentence", "n", "examples": [...]}

ASKS: Mapping[str, str] = {
    "links": "Do the tables agree with each other: is everyone who is named there, and nobody lost or counted twice?",
    "leakage": "Is a held-out item also in training: itself, nearly itself, the same person, or by a chain of these?",
    "children": "Is an augmented child in a held-out split, or made from a held-out item?",
    "contracts": "Do the tables keep every expectation of their columns and every rule between columns?",
    "rejects": "Did a source lose more of its items on the way in than is plausible?",
    "label_issues": "Are more of the labels of a modality probably wrong than figures on it can bear?",
    "confounds": "Does anything beside the content tell the label: the source, the loudness, the person?",
    "label_map": "Do all artefacts with class numbers name the emotions in one order, and do the results look like it?",
    "train_metric": "Was every published figure computed on test rows, and can it be computed again from them?",
    "eval_mode": "Does a model that is asked twice say the same, whatever else is in its batch?",
    "int8": "Does a model lose more of its accuracy by int8 than its size is worth?",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate found: passed or not, in one sentence, and each thing that the sentence is about."""

    passed: bool
    sentence: str
    about: tuple[str, ...] = ()


def held(sentence: str, about: Sequence[str] = ()) -> Finding:
    """Return that a gate passed."""
    return Finding(passed=True, sentence=sentence, about=tuple(about))


def failed(sentence: str, about: Sequence[str]) -> Finding:
    """Return that a gate did not pass."""
    return Finding(passed=False, sentence=sentence, about=tuple(about))


def verdicts(findings: Mapping[str, Finding], config: GatesConfig) -> list[Gate]:
    """Return one verdict a gate, in the order of ASKS. Keys of `findings` are keys of ASKS."""
    severities = config.severities.model_dump()
    return [
        {
            "gate": name,
            "asks": asks,
            "severity": severities[name],
            "passed": found.passed,
            "sentence": f"{name}: {found.sentence}",
            "n": len(found.about),
            "examples": list(found.about[: config.examples]),
        }
        for name, asks in ASKS.items()
        for found in ([findings[name]] if name in findings else [])
    ]


def require(gates: Sequence[Gate]) -> None:
    """Raise GateError with the sentence of each gate that did not pass and whose severity is stop."""
    sentences = [gate["sentence"] for gate in gates if not gate["passed"] and gate["severity"] == "stop"]
    if sentences:
        raise GateError("\n".join(sentences))


def contracts(suites: Mapping[str, Mapping[str, Any]]) -> Finding:
    """Return whether every contract holds; `suites` are the verdicts of stage validate, by modality."""
    broken = [
        f"{modality}: {o.get('rule') or o['column'] + ' ' + o['expectation']} in {o['unexpected_count']} rows"
        for modality, suite in suites.items()
        for o in (*suite["expectations"], *suite["rules"])
        if not o["success"]
    ]
    asked = sum(len(suite["expectations"]) + len(suite["rules"]) for suite in suites.values())
    if not broken:
        return held(f"all {asked} expectations and rules of {len(suites)} tables hold")
    told = f"{len(broken)} of {asked} expectations and rules broken ({'; '.join(broken)}), expected none"
    return failed(told, broken)


def rejects(counts: Mapping[str, Any], limit: float) -> Finding:
    """Return whether no source lost more than the share `limit` of its items; `counts` is counts.json."""
    shares = {
        f"{name}: {lost} of {lost + source['kept']}": lost / (lost + source["kept"])
        for name, source in sorted(counts["sources"].items())
        if (lost := sum(source["rejects"].values()))
    }
    return _under(shares, limit, "items rejected on the way in", "of a source's")


def label_issues(suspects: Mapping[str, Mapping[str, Any]], limit: float) -> Finding:
    """Return whether no modality has more than the share `limit` of labels flagged; `suspects` is suspects.json."""
    shares = {
        f"{modality}: {found['flagged']} of {found['n']}": found["flagged"] / found["n"]
        for modality, found in sorted(suspects.items())
        if found["n"]
    }
    return _under(shares, limit, "labels that are probably wrong", "of a modality's")


def confounds(measured: Mapping[str, Mapping[str, Any]]) -> Finding:
    """Return whether nothing beside the content tells a label; `measured` is confounds.json."""
    ringing = [f"{modality}: {ring}" for modality, found in sorted(measured.items()) for ring in found["rings"]]
    if not ringing:
        return held("no factor beside the content tells the emotion better than the limits in params.yaml")
    told = f"factors that tell the emotion without the content: {len(ringing)} ({'; '.join(ringing)}), expected none"
    return failed(told, ringing)


def _under(shares: Mapping[str, float], limit: float, what: str, of: str) -> Finding:
    over = [f"{words} ({share:.1%})" for words, share in shares.items() if share > limit]
    if not over:
        return held(f"at most {limit:.1%} {of} {what}")
    return failed(f"too many {what}: {'; '.join(over)}, expected at most {limit:.1%}", over)
