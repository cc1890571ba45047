import pytest

from bhab.text.origins import MAX_NAMES, origins


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(["one-1", "two-2", "one-3"], ["s/one", "s/two", "s/one"], id="two corpora in one file"),
        pytest.param(["one-1", "one-2"], ["s", "s"], id="one corpus"),
        pytest.param(["one-1", "7"], ["s", "s"], id="a key that names none"),
        pytest.param([f"n{i}-1" for i in range(MAX_NAMES + 1)], ["s"] * (MAX_NAMES + 1), id="too many to be corpora"),
        pytest.param([], [], id="no text"),
    ],
)
def test_origins(keys, expected):
    assert origins(["s"] * len(keys), keys) == expected
