"""Hostile inputs through the real stage. BHAB_FUZZ_INPUTS says how many: some hundred, or in .ci/run 5,200."""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import damage
import hostile_pictures
import hostile_rows
import hostile_sounds
import make_corpus
import numpy as np
import pytest

from bhab.config import SourceConfig, load_params
from bhab.ingest import Guard, rows
from bhab.ingest.files import printable
from bhab.report.site import make_environment
from bhab.schema import REASONS, RawSample
from bhab.text.clean import clean

ROOT = Path(__file__).parents[2]
INPUTS = int(os.environ.get("BHAB_FUZZ_INPUTS", "600"))
CONFIG = load_params(ROOT / "params.yaml").ingest


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What run_corpus.py found."""
    folder = tmp_path_factory.mktemp("fuzz")
    command = [sys.executable, str(Path(__file__).with_name("run_corpus.py")), str(folder), str(INPUTS)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    make_corpus.remove(folder / "raw")
    assert done.returncode == 0, done.stderr[-3000:]
    sys.stdout.write(done.stdout)
    return json.loads(done.stdout)


def test_every_input_is_one_row_or_one_reject(told):
    found = {name: (s["inputs"], s["kept"] + s["rejects"], s["lost"]) for name, s in told["sources"].items()}
    assert found == {name: (s["inputs"], s["inputs"], []) for name, s in told["sources"].items()}
    assert told["inputs"] >= INPUTS


def test_every_reject_has_a_reason_that_is_known_and_counted(told):
    for source in told["sources"].values():
        assert source["reasons"].keys() - REASONS.keys() == set()
        assert source["counted"] == source["reasons"] | {"kept": source["kept"]}


def test_no_fault_of_ours_passes_for_one_of_the_file(told):
    assert [s["crashed"] for s in told["sources"].values()] == [[]] * len(told["sources"])


def test_the_good_among_them_are_kept(told):
    assert [name for name, s in told["sources"].items() if not s["kept"]] == []


def test_nothing_is_changed_or_made_outside_the_output(told):
    assert (told["changed"], told["outside"]) == ([], [])


def test_what_a_link_leads_to_is_not_taken_in(told):
    assert {name: told["sources"][name]["reasons"]["link_outside"] for name in ("image_folder", "banglaser")} == {
        "image_folder": 7,
        "banglaser": 7,
    }


def test_no_process_is_left(told):
    assert told["left_running"] == []


def test_memory_stays_under_its_limit(told):
    assert told["peak_child_mib"] <= told["limit_mib"]


def test_details_and_keys_have_bounds(told):
    assert max(s["longest_detail"] for s in told["sources"].values()) <= 400
    assert max(s["longest_key"] for s in told["sources"].values()) <= 4096  # a path of Linux


def many(seeds, modality):
    source = SourceConfig(adapter="any", modality=modality, root="x", licence="x", consent="x")
    contents = [*seeds, *islice(damage.damaged(seeds, np.random.default_rng(1)), 10 * len(seeds))]
    return source, [RawSample(key=str(n), content=content) for n, content in enumerate(contents)]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of damaged files
@pytest.mark.parametrize(
    ("modality", "seeds"),
    [
        pytest.param("faces", hostile_pictures.SEEDS, id="pictures"),
        pytest.param("speech", hostile_sounds.SEEDS, id="clips"),
        pytest.param("texts", [text.encode() for text in hostile_rows.TEXTS[:20]], id="texts"),
    ],
)
def test_the_guard_changes_nothing_but_who_decodes(modality, seeds):
    source, items = many(seeds, modality)
    with closing(Guard(source.modality, CONFIG)) as guard:
        kept, rejects = rows(items, "s", source, CONFIG, guard.decode)
    assert (kept, rejects) == rows(items, "s", source, CONFIG)
    assert [row["source_key"] for row in kept][: len(seeds)] == [str(n) for n in range(len(seeds))]


@pytest.mark.parametrize("text", [text for text in hostile_rows.TEXTS if len(text) < 1000])
def test_a_clean_text_holds_nothing_that_a_terminal_or_a_page_obeys(text):
    cleaned = clean(text)
    assert printable(cleaned) == cleaned
    assert [mark for mark in "<>=@+{}\\" if mark in cleaned] == []


def test_no_template_switches_escaping_off():
    templates = sorted((ROOT / "src/bhab/report/templates").glob("*.html"))
    assert [
        path.name for path in templates if re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text("utf-8"))
    ] == []
    shown = make_environment().from_string("{{ x }}").render(x="<script>'\"&")
    assert shown == "&lt;script&gt;&#39;&#34;&amp;"


def test_every_reason_in_the_code_is_declared():
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py")))
    assert set(re.findall(r'Drop\(\s*"(\w+)"', code)) - REASONS.keys() == set()
