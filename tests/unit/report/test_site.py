import hashlib
import html.parser
import re

import pytest

from bhab.report.site import PAGES
from bhab.schema import CLEAN_SPEECH, DUPLICATES, PREDICTIONS, REJECTS, SAMPLE_TABLES, SPLITS
from bhab.store import table_of, write_json, write_shards, write_table
from pipelines import balance, fairness, report


class Page(html.parser.HTMLParser):
    """The addresses a page asks for, its scripts, and its text."""

    def __init__(self, path):
        super().__init__()
        self.addresses, self.scripts, self.words = [], [], []
        self.inside = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.addresses += [named[key] for key in ("src", "href") if named.get(key)]
        if tag in {"script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        (self.scripts if self.inside else self.words).append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def write_site(root, words, out):
    """Run stage report over the results in `root`."""
    folders = {
        "metrics": "reports/metrics",
        "figures": "reports/figures",
        "validation": "reports/validation",
        "gates": "reports/gates",
        "audio": "reports/audio",
        "voice": "reports/voice",
        "tables": "data/interim",
        "curation": "data/interim/curation",
        "suspects": "data/interim/suspects",
        "splits": "data/processed/split",
        "speech": "data/processed/speech",
        "predictions": "data/processed/predictions",
        "models": "models",
    }
    report.main(words(*(part for name, path in folders.items() for part in (f"--{name}", root / path)), "--out", out))
    return out


@pytest.fixture(scope="session")
def site(results, words, tmp_path_factory):
    return write_site(results, words, tmp_path_factory.mktemp("out") / "site")


@pytest.fixture(scope="session")
def empty(words, tmp_path_factory):
    """The site of a corpus without any sample, after every stage that can run on one."""
    root = tmp_path_factory.mktemp("empty")
    for modality, columns in SAMPLE_TABLES.items():
        write_shards(table_of([], columns), root / "data/interim" / modality, 2)
    tables = {
        "interim/rejects": REJECTS,
        "interim/curation/duplicates": DUPLICATES,
        "processed/split/splits": SPLITS,
        "processed/split/rejects": REJECTS,
        "processed/predictions/light_cnn": PREDICTIONS,
    }
    for name, columns in tables.items():
        write_table(table_of([], columns), root / f"data/{name}.parquet")
    write_shards(table_of([], CLEAN_SPEECH), root / "data/processed/speech", 2)
    metrics = root / "reports/metrics"
    interim, processed = root / "data/interim", root / "data/processed"
    balance.main(words("--tables", interim, "--splits", processed / "split", "--metrics", metrics / "balance.json"))
    fairness.main(
        words(
            *("--predictions", processed / "predictions/light_cnn.parquet", "--faces", interim / "faces"),
            *("--figures", root / "reports/figures/fairness_light_cnn"),
            *("--metrics", metrics / "fairness_light_cnn.json"),
        )
    )
    nothing = {"n": 0, "accuracy": None, "ece": None}
    fer = {"model": "light_cnn", "why": "no training faces", "test": nothing, "test_without_leaked": None}
    write_json(fer | {"per_class": [], "majority_share": None, "trained_on": 0}, metrics / "fer_light_cnn.json")
    feedback = {"n": 0, "next_token_accuracy": None, "perplexity": None, "distinct_2": None, "memorised_share": None}
    write_json(feedback | {"sentences": {}, "epochs": 0, "n_parameters": 0}, metrics / "feedback.json")
    return write_site(root, words, root / "reports/site")


def test_every_page_is_there(site):
    assert {path.stem for path in site.glob("*.html")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_files_of_the_site_alone(site, page):
    asked = {a.partition("#")[0] for a in Page(site / f"{page}.html").addresses} - {"", "data:,"}
    timings = {"../timings.js"} if page == "costs" else set()
    assert {a for a in asked if not (site / a).is_file()} == timings


@pytest.mark.parametrize("page", PAGES)
def test_nothing_names_a_host(site, page):
    whole = (site / f"{page}.html").read_text(encoding="utf-8") + (site / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"(?:https?:)?//[a-z]", whole) == []


@pytest.mark.parametrize("page", PAGES)
def test_what_a_source_wrote_is_text_and_never_a_script(site, page):
    assert [s for s in Page(site / f"{page}.html").scripts if "alert" in s] == []


def test_a_hostile_name_is_shown_as_it_is(site):
    shown = [page for page in PAGES if "<script>alert('x')</script>" in Page(site / f"{page}.html").text]
    assert shown == ["rejects", "duplicates"]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in {"index", "costs"}])
def test_a_page_names_the_command_that_made_its_figures(site, page):
    assert re.search(r"From \S.* made by dvc repro \w", Page(site / f"{page}.html").text) is not None


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        pytest.param("index", "No stage has written a figure yet", id="headlines"),
        pytest.param("corpus", "There are no items.", id="terms"),
        pytest.param("corpus", "No texts were tokenised", id="texts"),
        pytest.param("corpus", "No speech was denoised", id="speech"),
        pytest.param("rejects", "Nothing was dropped.", id="rejects"),
        pytest.param("duplicates", "No two items of faces have equal content.", id="duplicates"),
        pytest.param("duplicates", "No two items of speech are nearly equal.", id="near duplicates"),
        pytest.param("claims", "No claim was checked", id="claims"),
        pytest.param("quality", "Quality was not judged yet", id="quality"),
        pytest.param("validation", "No table was validated yet", id="validation"),
        pytest.param("gates", "No gate was asked yet", id="gates"),
        pytest.param("labels", "Labels were not judged yet", id="labels"),
        pytest.param("suspects", "Labels were not looked at yet", id="suspects"),
        pytest.param("balance", "There are no texts.", id="balance"),
        pytest.param("models", "light_cnn has no score: no training faces.", id="a model that was not trained"),
        pytest.param("models", "The feedback model was not judged", id="feedback"),
        pytest.param("study", "The study has not been run: make study does", id="study"),
        pytest.param("errors", "No model of faces has answered", id="errors"),
        pytest.param("fairness", "There are no test faces", id="fairness"),
        pytest.param("denoising", "No speech was denoised", id="denoising"),
        pytest.param("denoising", "No denoiser was trained yet", id="denoiser"),
        pytest.param("samples", "There are no faces.", id="samples"),
        pytest.param("samples", "No sentence was spoken", id="spoken"),
        pytest.param("faults", "This corpus has no planted faults", id="faults"),
        pytest.param("costs", "bhab summary writes it", id="costs"),
    ],
)
def test_what_is_missing_is_said(empty, page, sentence):
    assert sentence in Page(empty / f"{page}.html").text


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        pytest.param("index", "All data are made by this package", id="synthetic data is called so"),
        pytest.param("index", "The table of texts breaks its contract", id="a broken contract is on the first page"),
        pytest.param("labels", "Nobody has annotated yet", id="no annotators"),
        pytest.param("suspects", "The first 24 of 70:", id="the flagged labels are shown"),
        pytest.param("suspects", "1 of 700 lie far outside the rest", id="outliers are counted"),
        pytest.param("study", "Flip : +4.0 points, +2.0 to +6.0, on 700 test faces", id="what a transform is worth"),
        pytest.param("study", "another seed +2.0 to +6.0. Helps, beyond chance.", id="a transform that helps"),
        pytest.param("study", "All together : -1.0 points, -3.0 to +1.0", id="and one of which nobody knows"),
        pytest.param("models", "No test face shares a person or content with training", id="no leaks"),
        pytest.param("models", "light_cnn is the most accurate: 79.0 % of 700", id="the best model comes first"),
        pytest.param("models", "It is better than every other model beyond chance.", id="whether it wins"),
        pytest.param("models", "The model, validation accuracy end of the curve 50.34 % –", id="what was published"),
        pytest.param("models", "A paper, Table 1: the rows do not sum to the printed total;", id="what is wrong there"),
        pytest.param("models", "the published label – – 14.3 %", id="what voters say of labels"),
        pytest.param("models", "light_cnn 0.62 55.0 %", id="how far the ensemble listens to a model"),
        pytest.param("models", "dvc repro evaluate_ensemble", id="how the ensemble is judged again"),
        pytest.param("models", "light_cnn int8 1,235 kB 600 kB 60.0 %", id="what a small model costs"),
        pytest.param("errors", "happy 7, sad 3", id="votes under a face"),
        pytest.param("errors", "leaked", id="whether a face leaked"),
        pytest.param("fairness", "by gender: 80.3 points", id="the gap furthest above chance comes first"),
        pytest.param("quality", "Nothing is dropped for a flag", id="a flag drops nothing"),
        pytest.param("duplicates", "alike by 0.970 mirrored item", id="a mirrored pair is marked"),
        pytest.param("duplicates", "alike by 0.970 labels differ item", id="near texts with different labels"),
        pytest.param("duplicates", "alike by 0.970 across splits item", id="near clips across splits"),
        pytest.param("validation", "1 expectation of 2 broken on 21 rows", id="validation counts"),
        pytest.param("validation", "1 rule of 1 between columns broken", id="validation counts rules"),
        pytest.param("gates", "1 gate of 2 did not pass : confounds.", id="a gate that did not pass comes first"),
        pytest.param("gates", "1 factors tell the emotion (speech: source).", id="a gate says what it found"),
        pytest.param("denoising", "kept as it was: its speech became quieter 2", id="the guard's reasons"),
        pytest.param("denoising", "the network trained here is used", id="who won the trial"),
        pytest.param("denoising", "No mixture of test speakers", id="a trial without clips"),
        pytest.param("denoising", "rain_1.wav (audio_codec)", id="noise that was not taken"),
        pytest.param("denoising", "no method was tried", id="a clip that was clean already"),
        pytest.param("index", "Gate confounds did not pass", id="a gate that did not pass is on the first page"),
    ],
)
def test_a_page_says(site, page, sentence):
    assert sentence in Page(site / f"{page}.html").text


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_results_give_the_same_bytes_in_another_folder(results, words, site, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.symlink_to(results, target_is_directory=True)
    assert digests(write_site(moved, words, tmp_path / "deep/site")) == digests(site)


def test_the_font_is_small_and_comes_with_its_licence(site):
    assert (site / "fonts/noto-sans-bengali-400.woff2").stat().st_size < 200_000
    assert "SIL Open Font License" in (site / "fonts/OFL.txt").read_text(encoding="utf-8")
