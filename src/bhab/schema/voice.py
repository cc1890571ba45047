"""Tables of the voice, and the shape of its mel spectrograms."""

import pyarrow as pa

from bhab.schema.columns import Column, Columns
from bhab.schema.common import ID, SPLIT_COLUMN, count, real
from bhab.schema.labels import EMOTIONS

MELS = 80  # bands of a mel spectrogram; this and MEL_FLOOR: Shen et al. (2018), section 2.1
MEL_FLOOR = 0.01  # of its magnitudes
MEL_HOP = 256  # samples a frame stands for: Prenger et al. (2019), section 3

VOICE_CLIPS: Columns = (
    ID,
    Column(name="text", type=pa.string(), doc="What is said, in canonical form."),
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="In whose manner."),
    SPLIT_COLUMN,
    Column(name="pcm", type=pa.binary(), doc="16 kHz mono PCM, int16, little endian."),
    real("duration_s", "Length of the clip.", (0.0, 30.0)),
)

VOICE_HISTORY: Columns = (
    Column(name="network", type=pa.string(), allowed=("tacotron2", "waveglow"), doc="Which of the two learned."),
    count("epoch", "From 1; of WaveGlow a twentieth of its steps.", 1),
    real("learning_rate", "At the start of the epoch."),
    real("train_loss", "Mean over the epoch, in training mode."),
    real("validation_loss", "In evaluation mode, told all frames before."),
    real("diagonality", "Correlation of place in the text and time, mean of validation.", (-1, 1), nullable=True),
)
