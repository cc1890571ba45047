import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bhab.audio.decode import decode_clip
from bhab.config import load_params

INGEST = load_params(Path(__file__).parents[3] / "params.yaml").ingest
SECOND = np.arange(16_000) / 16_000
LEFT = 0.3 * np.sin(2 * np.pi * 300 * SECOND)
OTHER = 0.3 * np.sin(2 * np.pi * 440 * SECOND)


def wav(*channels):
    file = io.BytesIO()
    soundfile.write(file, np.stack(channels, axis=1), 16_000, format="WAV", subtype="FLOAT")
    return file.getvalue()


@pytest.mark.parametrize(
    ("channels", "expected_db"),
    [
        pytest.param([LEFT], None, id="one channel"),
        pytest.param([LEFT, LEFT], -96.0, id="the same twice"),
        pytest.param([LEFT, np.zeros(16_000)], -6.0, id="one of two is silent"),
        pytest.param([LEFT, -LEFT], 0.0, id="opposite phase"),
        pytest.param([LEFT, OTHER], -3.0, id="two different voices"),
        pytest.param([LEFT, 0.9 * LEFT], -26.0, id="one a tenth quieter"),
    ],
)
def test_what_the_channels_do_not_share_is_measured(channels, expected_db):
    found = decode_clip(wav(*channels), INGEST).channel_difference_db
    assert found == (None if expected_db is None else pytest.approx(expected_db, abs=0.1))
