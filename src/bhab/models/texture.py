"""What classic machine learning looks at in a face: in which directions its edges run, and what its texture is like.

Both take float32 (batch, 1, 48, 48) in [0, 1] and are written in PyTorch, so that they go into ONNX with what learnt
from them. Neither changes when a face gets lighter or darker as a whole.
"""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, normalize, pad

from bhab.schema import FACE_PX

DIRECTIONS = 8  # of edges, over half a turn; of 9, as Dalal, Triggs (2005) have, two would be as near to an axis
EDGE_CELL_PX = 6
BLOCK = 2  # cells a side whose edges are brought to one length together
CLIPPED = 0.2  # longest share of one direction in a block, as they have
TEXTURE_CELL_PX = 12
TURNS = 2  # between light and dark around a pixel, at most, in a uniform pattern
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))  # of a pixel, in a circle
GREY_LEVELS = 255.0
FLAT = 0.1  # length of the edges of a block, in grey levels, to divide by

N_EDGES = (FACE_PX // EDGE_CELL_PX - BLOCK + 1) ** 2 * BLOCK**2 * DIRECTIONS


def hog(faces: Tensor) -> Tensor:
    """Return histograms of oriented gradients, float32 (batch, N_EDGES), of Dalal, Triggs (2005).

    An edge counts for the nearest direction alone, as in Felzenszwalb et al. (2010, section 6.1): no arc tangent.
    """
    wide = pad(_grey(faces), (1, 1, 1, 1), mode="replicate")  # (batch, 1, 50, 50)
    across = wide[:, :, 1:-1, 2:] - wide[:, :, 1:-1, :-2]  # (batch, 1, 48, 48)
    down = wide[:, :, 2:, 1:-1] - wide[:, :, :-2, 1:-1]
    angles = torch.arange(DIRECTIONS, device=faces.device) * (torch.pi / DIRECTIONS)
    turned = torch.stack([angles.cos(), angles.sin()], dim=1)[:, :, None, None]  # (directions, 2, 1, 1)
    along = conv2d(torch.cat([across, down], dim=1), turned).abs()  # (batch, directions, 48, 48)
    nearest = _apart(along.argmax(dim=1), DIRECTIONS)
    length = (across.square() + down.square()).sqrt()
    cells = avg_pool2d(nearest * length, EDGE_CELL_PX)  # (batch, directions, 8, 8)
    side = FACE_PX // EDGE_CELL_PX - BLOCK + 1
    shifted = [cells[:, :, y : y + side, x : x + side] for y in range(BLOCK) for x in range(BLOCK)]
    blocks = torch.cat(shifted, dim=1)  # (batch, 4 * directions, 7, 7)
    short = normalize(blocks, dim=1, eps=FLAT).clamp(max=CLIPPED)
    return normalize(short, dim=1, eps=FLAT).flatten(1)


def _uniform() -> list[int]:
    """Return the bin of each of 256 patterns: one of its own if it is uniform, the last for all others.

    A uniform pattern is an edge, a corner, a spot: few changes between light and dark (Ojala et al. 2002).
    """
    circles = [[code >> place & 1 for place in range(len(NEIGHBOURS))] for code in range(2 ** len(NEIGHBOURS))]
    uniform = [sum(a != b for a, b in zip(c, c[1:] + c[:1], strict=True)) <= TURNS for c in circles]
    last = sum(uniform)
    return [sum(uniform[:code]) if own else last for code, own in enumerate(uniform)]


BIN_OF = _uniform()
PATTERNS = max(BIN_OF) + 1  # 59
N_TEXTURES = (FACE_PX // TEXTURE_CELL_PX) ** 2 * PATTERNS


def lbp(faces: Tensor) -> Tensor:
    """Return histograms of uniform local binary patterns by cell, float32 (batch, N_TEXTURES); of Ahonen et al. (2006).

    A neighbour is light if it is no darker than the pixel. The square roots of the shares are returned: their
    differences are Hellinger's, which few pixels of a rare pattern do not drown in.
    """
    grey = _grey(faces)
    wide = pad(grey, (1, 1, 1, 1), mode="replicate")[:, 0]  # (batch, 50, 50)
    light = [wide[:, 1 + y : 49 + y, 1 + x : 49 + x] >= grey[:, 0] for y, x in NEIGHBOURS]
    code = sum(bit.long() * 2**place for place, bit in enumerate(light))
    bins = torch.tensor(BIN_OF, device=faces.device)[code]  # (batch, 48, 48)
    return avg_pool2d(_apart(bins, PATTERNS), TEXTURE_CELL_PX).flatten(1).sqrt()


def _apart(places: Tensor, n: int) -> Tensor:
    """Return int64 (batch, 48, 48) as n planes, float32 (batch, n, 48, 48), 1 where a pixel has that place."""
    return (places[:, None] == torch.arange(n, device=places.device)[:, None, None]).float()


def _grey(faces: Tensor) -> Tensor:
    """Return grey levels, whole numbers: what is equal stays equal."""
    return (GREY_LEVELS * faces).round()


def texture(faces: Tensor) -> Tensor:
    """Return both side by side, float32 (batch, N_EDGES + N_TEXTURES)."""
    return torch.cat([hog(faces), lbp(faces)], dim=1)
