"""Compare the code each stage of dvc.yaml imports with its `deps:`, or write it there with --write.

A stage depends on every module of bhab that its file imports, directly or not, and on the data files (templates,
word lists, fonts) that lie beside those modules. Packages every stage needs are listed as folders (COMMON), the rest
file by file, so that a change reruns what it can change and no more.
"""

import argparse
import re
import sys
from pathlib import Path

import grimp
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # where grimp finds `pipelines`
COMMON = (Path("src/bhab/config"), Path("src/bhab/schema"))
CODE = ("src/", "pipelines/")


def path_of(module: str) -> Path:
    """Return the file of a module, from the project's root."""
    base = Path("src" if module.split(".")[0] == "bhab" else "") / module.replace(".", "/")
    return base / "__init__.py" if (ROOT / base).is_dir() else base.with_suffix(".py")


def code_of(graph: grimp.ImportGraph, stage: str) -> list[str]:
    """Return the files and folders of code that stage `stage` imports, sorted, its own file first."""
    own = f"pipelines.{stage}"
    modules = graph.find_upstream_modules(own) - {"bhab", "pipelines"}
    parents = {m.rsplit(".", 1)[0] for m in modules if m.count(".") > 1} - {"bhab"}  # importing a.b runs a/__init__
    files = {path_of(m) for m in modules | parents}
    folders = {c for c in COMMON for f in files if c in f.parents}
    rest = {f for f in files if not any(c in f.parents for c in COMMON)}
    rest |= {d for f in rest if f.parent != Path("src/bhab") for d in data_beside(f)}
    return [path_of(own).as_posix(), *sorted(p.as_posix() for p in folders | rest)]


def run_by(command: str) -> str:
    """Return which file of pipelines/ a stage's command runs."""
    found = re.match(r"python -m pipelines\.(\w+) ", command)
    if found is None:
        raise SystemExit(f"dvc.yaml: {command!r}, expected python -m pipelines.STAGE")
    return found[1]


def data_beside(file: Path) -> list[Path]:
    """Return the files and folders beside `file` that hold no code."""
    beside = (p.relative_to(ROOT) for p in (ROOT / file).parent.iterdir() if p.name != "__pycache__")
    return [p for p in beside if p.suffix != ".py" and not (ROOT / p / "__init__.py").exists()]


def main() -> int:
    """Print each difference and return 1 if there is one; with --write, mend dvc.yaml instead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    yaml = YAML()
    yaml.width = 116
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    graph = grimp.build_graph("bhab", "pipelines", cache_dir=None)
    wrong = 0
    for name, entry in document["stages"].items():
        stage = entry.get("do", entry)
        data = [d for d in stage["deps"] if not str(d).startswith(CODE)]
        wanted = [*data, *code_of(graph, run_by(stage["cmd"]))]
        if list(stage["deps"]) != wanted:
            wrong += 1
            sys.stdout.write(f"{name}: {sorted(set(map(str, stage['deps'])) ^ set(map(str, wanted)))}\n")
            stage["deps"] = wanted
    if args.write:
        with (ROOT / "dvc.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(document, file)
        return 0
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
