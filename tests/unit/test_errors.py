import errno
import os
import signal
import subprocess
import sys

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


@pytest.fixture
def listening():
    """Python's own handler of Ctrl-C, also where the tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_is_told_as_such_where_a_library_makes_another_error_of_it(capsys):
    def as_beam_does():
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt as interrupt:
            raise RuntimeError("KeyboardInterrupt [while running 'denoise']") from interrupt

    with pytest.raises(SystemExit) as left, clear_exit():
        as_beam_does()
    assert left.value.code == 130
    assert capsys.readouterr().err.startswith("bhab: stopped by Ctrl-C")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_inside_an_exec_ends_with_the_same_status(tmp_path):
    program = "from bhab.errors import clear_exit\nwith clear_exit():\n    exec('raise KeyboardInterrupt')\n"
    (tmp_path / "stopped.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "stopped"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError), clear_exit():
        raise ZeroDivisionError


def test_all_our_errors_share_a_base():
    assert issubclass(ParamsError, BhabError)
