import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from bhab.config import load_params
from bhab.models.fer import FER
from bhab.schema import EMOTIONS
from bhab.training.export import to_onnx


@pytest.mark.parametrize("name", FER)
def test_an_exported_model_says_the_same_and_names_its_labels(name, request):
    recipe = load_params(request.config.rootpath / "params.yaml").train_fer.recipes[name]
    model = FER[name](recipe).eval()
    content = to_onnx(model, EMOTIONS)
    faces = np.random.default_rng(0).random((3, 1, 48, 48), dtype=np.float32)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    said = session.run(None, {"faces": faces})[0]
    with torch.inference_mode():
        assert np.abs(said - model(torch.from_numpy(faces)).numpy()).max() < 1e-4
    named = {p.key: p.value for p in onnx.load_from_string(content).metadata_props}
    assert named["emotions"].split(",") == list(EMOTIONS)
