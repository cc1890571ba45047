import pytest
import torch

from bhab.training.resume import Place

STATE = {
    "weights": {"a": torch.arange(3.0), 7: torch.tensor([[True]])},
    "rates": [0.1, [1, None]],
    "best": float("inf"),
}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "some/kept", made_of=[b"faces", b"params"])


def test_what_was_kept_comes_back(place):
    place.write(STATE)
    found = place.read()
    assert torch.equal(found["weights"]["a"], STATE["weights"]["a"])
    assert found["weights"][7].tolist() == [[True]]
    assert (found["rates"], found["best"]) == (STATE["rates"], STATE["best"])


def test_what_was_kept_comes_back_in_the_plain_layout(place):
    tensor = torch.rand(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    place.write({"tensor": tensor})
    assert torch.equal(place.read()["tensor"], tensor)


@pytest.mark.parametrize("made_of", [[b"faces", b"other params"], [b"facesparams"], [b"params", b"faces"]])
def test_another_training_does_not_go_on_from_it(place, made_of):
    place.write(STATE)
    assert Place(place.path, made_of).read() is None


@pytest.mark.parametrize("content", [pytest.param(None, id="missing"), pytest.param(b"", id="empty"), b"half a file"])
def test_what_cannot_be_read_is_as_if_nothing_was_kept(place, content):
    place.write(STATE)
    place.remove()
    if content is not None:
        place.path.write_bytes(content)
    assert place.read() is None
