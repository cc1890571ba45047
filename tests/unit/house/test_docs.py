"""What the documents say can be checked against the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_data_dictionary_is_the_schema():
    done = subprocess.run(
        [sys.executable, "tools/data_dictionary.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_design_page_names_every_stage():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    text = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    assert [s for s in stages if f"| {s}" not in text] == []


def test_the_design_page_names_every_layer():
    text = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    packages = {p.name for p in (ROOT / "src/bhab").iterdir() if (p / "__init__.py").exists()}
    assert [p for p in sorted(packages) if not re.search(rf"\b{p}\b", text)] == []
