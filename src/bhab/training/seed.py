"""The one place where PyTorch's global state is set."""

import torch


def repeatable(seed: int, threads: int) -> None:
    """Make what follows in this process repeatable to the byte on one machine: same seed, same number of threads.

    Dropout and initial weights draw from PyTorch's global generator; sums split over threads depend on their number.
    An operation without a deterministic form raises.
    """
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(threads)
    torch.manual_seed(seed)  # noqa: TID251 - this is the place the rule names
