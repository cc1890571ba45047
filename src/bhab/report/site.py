"""The offline site: one page a question, from measures that other stages wrote."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bhab.config import ReportConfig
from bhab.report import media
from bhab.report.claims import claims
from bhab.report.errors import errors
from bhab.report.headlines import cautions, counted, found, gate_cautions, headlines, interval, percent, points
from bhab.report.inputs import Inputs, Json, by_modality, models_of
from bhab.report.models import models
from bhab.report.near import near_pairs
from bhab.report.pages import balance, corpus, rejects
from bhab.report.quality import quality
from bhab.report.suspects import suspects
from bhab.report.voice import voice
from bhab.schema import EMOTIONS, Modality
from bhab.store import write_bytes, write_text

PACKAGE = Path(__file__).parent
SHIPPED = ("style.css", "fonts/noto-sans-bengali-400.woff2", "fonts/OFL.txt")
PAIRS_SHOWN = 12  # pairs of nearly equal content of each modality
GROUPS_SHOWN = 6  # groups of equal content of each modality: enough to see what kind they are

PAGES: Mapping[str, str] = {
    "index": "Overview",
    "corpus": "Corpus",
    "rejects": "Rejects",
    "duplicates": "Duplicates",
    "quality": "Quality",
    "validation": "Validation",
    "gates": "Gates",
    "labels": "Labels",
    "suspects": "Label issues",
    "balance": "Balance",
    "confounds": "Confounds",
    "models": "Models",
    "study": "Augmentation study",
    "errors": "Errors",
    "voice": "Voice",
    "fairness": "Fairness",
    "denoising": "Denoising",
    "samples": "Samples",
    "faults": "Planted faults",
    "claims": "Claims",
    "costs": "Costs",
}


def write_site(inputs: Inputs, config: ReportConfig, site: Path) -> None:
    """Write every page, the style, the font and the media into the folder `site`."""
    for name in SHIPPED:
        write_bytes((PACKAGE / name).read_bytes(), site / name)
    environment = make_environment()
    context = make_context(inputs, config, site)
    for page in PAGES:
        text = environment.get_template(f"{page}.html").render(context | {"page": page})
        write_text(text + "\n", site / f"{page}.html")


def make_environment() -> Environment:
    """Return the template environment: everything is escaped, and a name that is not there is an error."""
    environment = Environment(
        loader=PackageLoader("bhab.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "points": points, "interval": interval, "count": count, "found": found}
    environment.globals |= {"by_modality": by_modality, "counted": counted}
    return environment


def count(n: float | None) -> str:
    """Return a count with separators; a dash for what was not counted."""
    return "–" if n is None else f"{n:,}"


def make_context(inputs: Inputs, config: ReportConfig, site: Path) -> Json:
    """Return everything the templates show; the media they refer to are written on the way."""
    metrics, samples, n = inputs.measured, inputs.samples, config.samples
    return {
        "title": config.title,
        "pages": PAGES,
        "emotions": list(EMOTIONS),
        "modalities": [m.value for m in Modality],
        "sources": inputs.sources,
        "metrics": metrics,
        "headlines": headlines(metrics),
        "cautions": [*cautions(metrics, inputs.suites, inputs.sources), *gate_cautions(inputs.verdicts)],
        "suites": inputs.suites,
        "gates": inputs.verdicts,
        "corpus": corpus(inputs),
        "rejects": rejects(inputs),
        "claims": claims(inputs),
        "balance": balance(inputs),
        "smallest_shown": metrics.get("balance", {"min_n_shown": 1})["min_n_shown"],
        "figures": media.figures(inputs.figures, site),
        "models": models(inputs),
        "errors": errors(inputs, site),
        "fairness": models_of(metrics, "fairness"),
        "equal": {m.value: media.duplicate_groups(inputs, m, GROUPS_SHOWN, site) for m in Modality},
        "quality": {m.value: quality(inputs, m, site) for m in Modality},
        "suspects": {m.value: suspects(inputs, m, site) for m in Modality},
        "near": {m.value: near_pairs(inputs, m, PAIRS_SHOWN, site) for m in Modality},
        "faces": media.faces(samples[Modality.FACES], n, site),
        "texts": media.texts(samples[Modality.TEXTS], n),
        "clips": media.clips(samples[Modality.SPEECH], inputs.clean_speech, site),
        "voice": voice(inputs, site),
        "spoken": media.spoken(inputs.audio, site),
    }
