import json

import numpy as np
import pytest
from live_parts import PARAMS, drawn, encoded, model, plain, scene
from typer.testing import CliRunner

from bhab.cli import app
from bhab.errors import TableError
from bhab.schema import EMOTIONS, Emotion


@pytest.fixture
def folder(tmp_path):
    for name in ("bhab_net/int8", "bhab_net/float32", "light_cnn/float32"):
        (tmp_path / "card" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "card" / f"{name}.onnx").write_bytes(model())
    pictures = tmp_path / "pictures"
    (pictures / "deep").mkdir(parents=True)
    (pictures / "a.png").write_bytes(encoded(plain(Emotion.SAD), "PNG"))
    (pictures / "deep/b.jpg").write_bytes(encoded(scene((drawn("a"), 100, 100, 200), (drawn("b"), 400, 50, 100))))
    (pictures / "deep/c.png").write_bytes(encoded(np.full((200, 300), 110, np.uint8), "PNG"))
    return tmp_path


def ask(folder, *words):
    return CliRunner().invoke(app, ["predict", *words, "--card", str(folder / "card"), "--params", str(PARAMS)])


def test_a_line_a_face(folder):
    done = ask(folder, str(folder / "pictures"))
    assert (done.exit_code, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    names = [row[0].removeprefix(f"{folder / 'pictures'}/") for row in rows]
    assert names == ["a.png", "deep/b.jpg", "deep/b.jpg", "deep/c.png"]
    assert rows[0][1:3] == ["whole", "sad"]
    assert [len(row[1].split(",")) for row in rows[1:3]] == [4, 4]
    assert rows[3][1:] == ["no face found"]
    assert [word for word in rows[0][3].split() if word in EMOTIONS] == list(EMOTIONS)


def test_json_says_the_same_for_programs(folder):
    done = ask(folder, str(folder / "pictures"), "--json")
    sad, larger, smaller, nobody = (json.loads(line) for line in done.stdout.splitlines())
    assert (sad["box"], sad["emotion"]) == (None, "sad")
    assert sum(sad["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert larger["box"][2] > smaller["box"][2] > 0
    assert (nobody["emotion"], "box" in nobody) == (None, False)


def test_whole_looks_for_no_face(folder):
    done = ask(folder, str(folder / "pictures/deep"), "--whole", "--json")
    assert [json.loads(line)["box"] for line in done.stdout.splitlines()] == [None, None]


def test_what_cannot_be_read_is_told_and_the_others_go_on(folder):
    (folder / "pictures/0.txt").write_text("no picture")
    done = ask(folder, str(folder / "pictures/none.jpg"), str(folder / "pictures"))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"bhab: {folder}/pictures/none.jpg: not a file, expected one",
        f"bhab: {folder}/pictures/0.txt: first bytes b'no pictu', expected JPEG, PNG, BMP or PGM",
    ]
    assert len(done.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    "name", [pytest.param("light_cnn", id="a model"), pytest.param("bhab_net/int8", id="its int8")]
)
def test_a_model_is_named_with_its_variant_or_without(folder, name):
    assert ask(folder, str(folder / "pictures/a.png"), "--model", name).exit_code == 0


@pytest.mark.parametrize(("name", "file"), [("none", "none/float32.onnx"), ("light_cnn/int8", "light_cnn/int8.onnx")])
def test_an_unknown_model_is_an_error(folder, name, file):
    done = ask(folder, str(folder / "pictures"), "--model", name)
    assert isinstance(done.exception, TableError)
    assert f"{file}: no such file" in str(done.exception)
