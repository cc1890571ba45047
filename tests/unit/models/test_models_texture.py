import numpy as np
import pytest
import torch

from bhab.models.texture import BIN_OF, BLOCK, DIRECTIONS, N_EDGES, N_TEXTURES, PATTERNS, hog, lbp, texture


def faces(seed=1, n=3):
    grey = np.random.default_rng(seed).integers(40, 200, (n, 1, 48, 48))
    return torch.from_numpy(grey).float() / 255


def edge(turn):
    """A face that gets lighter across a line through its middle, turned by so many of DIRECTIONS."""
    angle = np.pi * turn / DIRECTIONS
    y, x = np.mgrid[:48, :48] - 23.5
    return torch.from_numpy(0.5 + 0.4 * np.tanh((x * np.cos(angle) + y * np.sin(angle)) / 4).astype(np.float32))[
        None, None
    ]


def test_shapes():
    assert hog(faces()).shape == (3, N_EDGES) == (3, 1568)
    assert lbp(faces()).shape == (3, N_TEXTURES) == (3, 944)
    assert texture(faces()).shape == (3, 2512)


@pytest.mark.parametrize("turn", range(DIRECTIONS))
def test_an_edge_counts_for_its_direction(turn):
    by_direction = hog(edge(turn)).reshape(BLOCK**2, DIRECTIONS, -1).sum(dim=(0, 2))
    assert by_direction.argmax() == turn


@pytest.mark.parametrize("view", [pytest.param(hog, id="edges"), pytest.param(lbp, id="textures")])
def test_light_as_a_whole_changes_nothing(view):
    assert torch.allclose(view(faces()), view(faces() + 30 / 255), atol=1e-5)


@pytest.mark.parametrize("view", [pytest.param(hog, id="edges"), pytest.param(lbp, id="textures")])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_blank_has_finite_numbers(view, level):
    found = view(torch.full((1, 1, 48, 48), level))
    assert torch.isfinite(found).all()
    assert torch.equal(found, view(torch.full((1, 1, 48, 48), level)))


def test_contrast_changes_edges_little():
    soft = 40 / 255 + (faces() - 40 / 255) / 2
    assert (hog(faces()) - hog(soft)).abs().mean() < 0.01


def test_each_uniform_pattern_has_a_bin_of_its_own_and_the_rest_share_one():
    assert PATTERNS == 59
    counts = np.bincount(BIN_OF)
    assert counts[:-1].tolist() == [1] * 58
    assert counts[-1] == 256 - 58


@pytest.mark.parametrize(
    ("code", "uniform"),
    [
        pytest.param(0b00000000, True, id="a bright spot"),
        pytest.param(0b11111111, True, id="flat, or a dark spot"),
        pytest.param(0b00001111, True, id="an edge"),
        pytest.param(0b10000001, True, id="a corner over the seam"),
        pytest.param(0b01010101, False, id="a saw"),
        pytest.param(0b00010001, False, id="a line"),
    ],
)
def test_uniform_patterns(code, uniform):
    assert (BIN_OF[code] != PATTERNS - 1) is uniform


def test_the_shares_of_a_cell_sum_to_one():
    shares = lbp(faces()).square().reshape(3, PATTERNS, -1).sum(dim=1)
    assert torch.allclose(shares, torch.ones_like(shares), atol=1e-5)
