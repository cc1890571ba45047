"""What a filter says about one sample."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keep:
    """The sample stays."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The sample goes: `reason` is the key it is counted under, `detail` what was found and what was expected."""

    reason: str
    detail: str


Decision = Keep | Drop
