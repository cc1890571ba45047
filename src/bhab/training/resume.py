"""Where a training stood after its last whole epoch, in one file, so that one that was killed goes on from there.

No pickle: tensors as safetensors, everything else as JSON in the same file's header.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

import bhab
from bhab.store import remove, write_bytes

State = dict[str, Any]  # numbers, text, None and tensors, in lists and dicts to any depth
TENSOR = "tensor"  # key of what stands in JSON for a tensor


class Place:
    """The file of one training. What another training left there, of other data, params or code, is not read."""

    def __init__(self, path: Path, made_of: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        package = Path(bhab.__file__).parent
        for code in sorted(package.rglob("*.py")):
            digest.update(code.read_bytes())
        for part in made_of:
            digest.update(hashlib.sha256(part).digest())
        self.path, self.key = path, digest.hexdigest()

    def read(self) -> State | None:
        """Return what was kept of this training, None if nothing was."""
        try:
            with safe_open(self.path, framework="pt") as file:
                header = file.metadata() or {}
                if header.get("key") != self.key:
                    return None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        except (FileNotFoundError, SafetensorError):
            return None
        state: State = _unpack(json.loads(header["state"]), tensors)
        return state

    def write(self, state: State) -> None:
        """Keep `state` in place of what was there."""
        tensors: dict[str, Tensor] = {}
        header = {"key": self.key, "state": json.dumps(_pack(state, tensors))}
        write_bytes(save(tensors, header), self.path)

    def remove(self) -> None:
        """Remove the file: the training is done."""
        remove(self.path)


def _pack(value: object, tensors: dict[str, Tensor]) -> object:
    """Return `value` as JSON has it, its tensors in `tensors`; a dict as its pairs, for keys may be numbers."""
    if isinstance(value, Tensor):
        name = str(len(tensors))
        tensors[name] = value.detach().cpu().contiguous().clone()  # no layout but the plain one is kept
        return {TENSOR: name}
    if isinstance(value, dict):
        return {"pairs": [[key, _pack(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_pack(item, tensors) for item in value]
    return value


def _unpack(value: object, tensors: dict[str, Tensor]) -> Any:  # noqa: ANN401 - whatever was packed
    if isinstance(value, list):
        return [_unpack(item, tensors) for item in value]
    if isinstance(value, dict) and TENSOR in value:
        return tensors[value[TENSOR]]
    if isinstance(value, dict):
        return {key: _unpack(item, tensors) for key, item in value["pairs"]}
    return value
