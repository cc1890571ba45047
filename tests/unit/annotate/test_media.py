import io

import cv2
import numpy as np
import pytest
import soundfile
from annotation_corpus import samples

from bhab.annotate.media import local_address, media_of
from bhab.errors import AnnotationError
from bhab.schema import Modality

ROWS = {m: samples(m).to_pylist()[0] for m in Modality}


def test_a_face_is_a_png_with_the_same_pixels():
    media = media_of(ROWS[Modality.FACES], Modality.FACES)
    shown = cv2.imdecode(np.frombuffer(media.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (media.name, media.content_type) == (f"{ROWS[Modality.FACES]['sample_id']}.png", "image/png")
    assert (shown.shape, shown.tobytes()) == ((48, 48), ROWS[Modality.FACES]["image"])


def test_a_clip_is_a_wav_with_the_same_samples():
    media = media_of(ROWS[Modality.SPEECH], Modality.SPEECH)
    pcm, rate = soundfile.read(io.BytesIO(media.content), dtype="int16")
    assert (media.name, media.content_type) == (f"{ROWS[Modality.SPEECH]['sample_id']}.wav", "audio/wav")
    assert (rate, pcm.tobytes()) == (16000, ROWS[Modality.SPEECH]["pcm"])


def test_a_text_needs_no_file():
    assert media_of(ROWS[Modality.TEXTS], Modality.TEXTS) is None


def test_a_row_without_its_bytes_is_named():
    with pytest.raises(AnnotationError, match="sample ab: column image holds None, expected bytes"):
        media_of({"sample_id": "ab", "image": None}, Modality.FACES)


def test_the_address_is_relative_to_the_folder_two_levels_up(tmp_path):
    media = media_of(ROWS[Modality.SPEECH], Modality.SPEECH)
    address = local_address(media, tmp_path / "media" / "speech")
    assert address == f"/data/local-files/?d=media/speech/{media.name}"
    assert (tmp_path / address.split("=")[1]).read_bytes() == media.content
