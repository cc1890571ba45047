"""The one place where PyTorch's global state is set, and where its work is done."""

import os

import torch


def repeatable(seed: int, threads: int) -> None:
    """Make what follows in this process repeatable to the byte on one machine: same seed, same number of threads.

    Dropout and initial weights draw from PyTorch's global generator; sums split over threads depend on their number.
    An operation without a deterministic form raises.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it CUDA's matrix products are not repeatable
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(threads)
    torch.manual_seed(seed)  # noqa: TID251 - this is the place the rule names


def device() -> torch.device:
    """Return where networks of faces are trained and asked: a GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
