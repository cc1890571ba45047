"""What is no face in its place comes first; and moves that leave a face where it is."""

import numpy as np
import pytest
import torch

from bhab.config import ProbeConfig
from bhab.schema import Modality
from bhab.training.frame import draw_card, evenness, flatness, score_frames
from bhab.training.warp import Moves, slightly, warp

FACES = 640
CONFIG = ProbeConfig(
    seed=1, threads=1, folds=dict.fromkeys(Modality, 2), salt="test", epochs=1, networks=1, processes=1
)


def face(rng):
    """Return a picture with two eyes and a mouth where FER2013 has them, of its own light and with noise."""
    grey = rng.normal(130 + rng.integers(-30, 30), 12, (48, 48))
    row, column = rng.integers(-2, 3, 2)
    for down, across, height, width in ((16, 11, 5, 9), (16, 29, 5, 9), (35, 17, 4, 14)):
        grey[down + row : down + row + height, across + column : across + column + width] -= 80
    return np.clip(grey, 0, 255).astype(np.uint8)


def scored(strange):
    rng = np.random.default_rng(0)
    images = np.stack([*strange, *(face(rng) for _ in range(FACES))])
    return score_frames(images, CONFIG)


@pytest.fixture(scope="module")
def strange():
    rng = np.random.default_rng(2)
    cards = [draw_card(np.random.default_rng(seed)) for seed in (3, 4)]
    return [
        np.zeros((48, 48), np.uint8),
        np.full((48, 48), 255, np.uint8),
        *cards,
        *(face(rng)[::-1] for _ in range(12)),
    ]


@pytest.fixture(scope="module")
def score(strange):
    return scored(strange)


def test_blank_pictures_and_cards_come_first(score):
    assert set(np.argsort(-score)[:4]) == {0, 1, 2, 3}


def test_faces_upside_down_come_before_most_others(strange, score):
    upside_down, upright = score[4 : len(strange)], score[len(strange) :]
    assert (upside_down[:, None] > upright).mean() > 0.8


def test_the_same_images_give_the_same_bytes(strange, score):
    assert scored(strange).tobytes() == score.tobytes()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_images_have_finite_scores(n):
    score = score_frames(np.zeros((n, 48, 48), np.uint8), CONFIG)
    assert score.shape == (n,)
    assert np.isfinite(score).all()


def test_flatness_is_the_share_of_the_commonest_grey_level():
    half = np.arange(48 * 48).reshape(48, 48) % 200
    half[:24] = 7
    images = np.stack([np.zeros((48, 48)), half]).astype(np.uint8)
    assert flatness(images).tolist() == [1.0, (24 * 48 + np.count_nonzero(half[24:] == 7)) / 48**2]


def test_evenness_is_the_share_of_neighbours_that_hardly_differ():
    striped = np.tile([0, 0, 9, 9], (48, 12))  # 24 equal neighbours of 47
    assert evenness(np.stack([np.zeros((48, 48)), striped]).astype(np.uint8)).tolist() == [1.0, 24 / 47]


def still(n):
    return Moves(turn=np.zeros(n), zoom=np.ones(n), shift=np.zeros((n, 2)))


def test_no_move_gives_the_face_or_its_mirror_image():
    faces = torch.rand(8, 1, 24, 24)
    moved = warp(faces, still(8), np.random.default_rng(0))
    mirrored = [not torch.allclose(one, other, atol=1e-4) for one, other in zip(moved, faces, strict=True)]
    expected = torch.stack([f.flip(dims=(2,)) if m else f for f, m in zip(faces, mirrored, strict=True)])
    torch.testing.assert_close(moved, expected, atol=1e-4, rtol=0)
    assert 0 < sum(mirrored) < len(faces)


def test_a_quarter_turn_turns_the_face_by_a_quarter():
    faces = torch.rand(1, 1, 24, 24)
    moved = warp(faces, Moves(np.array([np.pi / 2]), np.ones(1), np.zeros((1, 2))), np.random.default_rng(0))
    quarters = [
        turned.flip(dims=(3,)) if mirror else turned
        for mirror in (0, 1)
        for turned in (faces.rot90(1, (2, 3)), faces.rot90(-1, (2, 3)))
    ]
    assert min(float((moved - quarter).abs().max()) for quarter in quarters) < 1e-4


def test_small_moves_keep_shape_and_range():
    moved = slightly(torch.rand(5, 1, 48, 48), np.random.default_rng(0))
    assert moved.shape == (5, 1, 48, 48)
    assert float(moved.min()) >= 0
    assert float(moved.max()) <= 1
