from pathlib import Path
from xml.etree import ElementTree

import pytest

from bhab.annotate.tasks import FIELD, choice
from bhab.schema import EMOTIONS, AgeGroup, Gender, Modality

ANNOTATIONS = Path(__file__).parents[3] / "annotations"
OBJECT = {Modality.FACES: "Image", Modality.TEXTS: "Text", Modality.SPEECH: "Audio"}
QUALITY = {
    Modality.FACES: ["good", "blurred", "occluded", "not a face"],
    Modality.TEXTS: ["natural", "ungrammatical", "not Bengali"],
    Modality.SPEECH: ["clear", "noisy", "clipped", "not speech"],
}
BENGALI = {
    "angry": "রাগ",
    "disgust": "ঘৃণা",
    "fear": "ভয়",
    "happy": "আনন্দ",
    "neutral": "নিরপেক্ষ",
    "sad": "দুঃখ",
    "surprise": "বিস্ময়",
}


def page(modality):
    return ElementTree.parse(ANNOTATIONS / f"labeling_{modality}.xml").getroot()  # noqa: S314 - our own file


def controls(modality):
    return {c.get("name"): [o.get("value") for o in c] for c in page(modality).iter("Choices")}


@pytest.mark.parametrize("modality", Modality)
def test_the_choices_are_the_names_of_the_schema(modality):
    assert controls(modality) == {
        "emotion": list(EMOTIONS),
        "quality": QUALITY[modality],
        "gender": [*Gender, "cannot tell"],
        "age_group": [*AgeGroup, "cannot tell"],
    }


@pytest.mark.parametrize("modality", Modality)
def test_the_page_shows_the_field_a_task_carries(modality):
    shown = [(e.tag, e.get("name"), e.get("value")) for e in page(modality).iter(OBJECT[modality])]
    assert shown == [(OBJECT[modality], choice("emotion", "happy")["to_name"], f"${FIELD[modality]}")]
    assert {c.get("toName") for c in page(modality).iter("Choices")} == {"sample"}


@pytest.mark.parametrize("modality", Modality)
def test_one_emotion_is_required_and_each_has_a_key(modality):
    emotion = next(c for c in page(modality).iter("Choices") if c.get("name") == "emotion")
    assert (emotion.get("choice"), emotion.get("required")) == ("single", "true")
    assert [o.get("hotkey") for o in emotion] == ["1", "2", "3", "4", "5", "6", "7"]
    keys = [o.get("hotkey") for o in page(modality).iter("Choice") if o.get("hotkey")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("modality", Modality)
def test_an_emotion_is_shown_in_bengali_beside_its_key(modality):
    emotion = next(c for c in page(modality).iter("Choices") if c.get("name") == "emotion")
    assert {o.get("value"): o.get("html").split()[0] for o in emotion} == BENGALI
    assert all(o.get("value") in o.get("html") for o in emotion)
