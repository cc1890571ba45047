import errno

import pytest

from bhab.errors import BhabError, ParamsError, clear_exit


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        pytest.param(ParamsError("params.yaml: split.salt: missing"), 1, "params.yaml: split.salt: missing", id="ours"),
        pytest.param(OSError(errno.ENOSPC, "full", "x/y.parquet"), 1, "x/y.parquet: no space left", id="disk full"),
        pytest.param(FileNotFoundError(errno.ENOENT, "No such file", "a.csv"), 1, "a.csv: No such file", id="missing"),
        pytest.param(KeyboardInterrupt(), 130, "stopped by Ctrl-C", id="interrupted"),
    ],
)
def test_expected_failure_is_one_sentence(error, status, sentence, capsys):
    with pytest.raises(SystemExit) as left, clear_exit():
        raise error
    said = capsys.readouterr().err
    assert left.value.code == status
    assert said.startswith(f"bhab: {sentence}")
    assert said.count("\n") == 1


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError), clear_exit():
        raise ZeroDivisionError


def test_all_our_errors_share_a_base():
    assert issubclass(ParamsError, BhabError)
