from bhab.progress import progress


def test_a_log_gets_a_few_plain_lines(capsys):
    assert list(progress(range(12), 12, "faces")) == list(range(12))
    assert capsys.readouterr().err.splitlines() == [f"faces: {n} of 12" for n in (3, 6, 9, 12)]


def test_nothing_to_do_says_nothing(capsys):
    assert list(progress([], 0, "faces")) == []
    assert capsys.readouterr().err == ""
