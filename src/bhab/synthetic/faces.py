"""The drawn faces, as FER2013 publishes its own: fer2013.csv, with demographics.csv beside it.

fer2013.csv has the columns emotion (a code), pixels (48 x 48 grey levels, row by row) and Usage, one line a face.
demographics.csv names by `row`, the line number in fer2013.csv (the first face is in line 2), who is shown.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bhab.config import SynthesizeConfig
from bhab.curation.chance import generator, unit_interval
from bhab.progress import progress
from bhab.schema import Emotion, Gender
from bhab.store import whole, write_text
from bhab.synthetic.face_copies import COPIES
from bhab.synthetic.face_faults import KINDS, faults_of, plant
from bhab.synthetic.face_people import FEMALE_SHARE, OTHER_SHARE, Person, draw_person
from bhab.synthetic.face_pictures import Picture, pixels
from bhab.synthetic.plan import FACES_TOTAL, Fault, class_counts, marks

CODES: Mapping[Emotion, int] = {  # FER2013's
    Emotion.ANGRY: 0,
    Emotion.DISGUST: 1,
    Emotion.FEAR: 2,
    Emotion.HAPPY: 3,
    Emotion.SAD: 4,
    Emotion.SURPRISE: 5,
    Emotion.NEUTRAL: 6,
}
TRAINING, TEST = "Training", "PublicTest"
TRAINING_SHARE = 0.8
PICTURES_OF_ONE = 6  # on average
FIRST_LINE = 2  # line 1 is the header


def write_faces(root: Path, config: SynthesizeConfig) -> list[Fault]:
    """Write root/fer2013.csv and root/demographics.csv; return what is wrong with them, by line number."""
    pictures = {str(line): p for line, p in enumerate(plan_faces(config), start=FIRST_LINE)}
    with whole(root / "fer2013.csv") as partial, partial.open("w", encoding="ascii", newline="\n") as file:
        file.write("emotion,pixels,Usage\n")
        for p in progress(pictures.values(), len(pictures), "drawing faces"):
            file.write(f"{p.code},{pixels(p, config.seed)},{p.usage}\n")
    people = [
        f"{line},{p.person.subject},{p.person.gender},{p.person.age_years},{p.person.skin_tone},\n"
        for line, p in pictures.items()
    ]
    write_text("row,subject,gender,age_years,skin_tone,ethnicity\n" + "".join(people), root / "demographics.csv")
    return faults_of(pictures)


def plan_faces(config: SynthesizeConfig) -> list[Picture]:
    """Return every picture there will be, planted faults included, in an order that tells nothing."""
    counts = class_counts(FACES_TOTAL, config.scale)
    people = _people(max(4, sum(counts.values()) // PICTURES_OF_ONE), config.seed)
    usage_of = {person.subject: usage for usage, group in people.items() for person in group}
    everyone = [person for group in people.values() for person in group]
    sitters = {gender: [p for p in everyone if p.gender == gender] or everyone for gender in Gender}
    pictures = []
    for emotion, n in counts.items():
        for number in range(n):
            key = f"{emotion}/{number}"
            person = _sitter(emotion, sitters, key, config.seed)
            usage = usage_of[person.subject]
            pictures.append(
                Picture(key=key, drawing=key, person=person, emotion=emotion, code=CODES[emotion], usage=usage)
            )
    pictures += plant(people, CODES, marks(KINDS, tuple(COPIES), len(pictures), config), config.seed)
    return sorted(pictures, key=lambda p: unit_interval(p.key, f"{config.seed}/order"))


def _people(n: int, seed: str) -> dict[str, list[Person]]:
    """Return `n` people by usage: nobody is in both."""
    names = sorted((f"p{i:04d}" for i in range(n)), key=lambda name: unit_interval(name, f"{seed}/usage"))
    people = [draw_person(name, generator(name, f"{seed}/people")) for name in names]
    n_training = round(n * TRAINING_SHARE)
    return {TRAINING: people[:n_training], TEST: people[n_training:]}


def _sitter(emotion: Emotion, people: Mapping[Gender, Sequence[Person]], key: str, seed: str) -> Person:
    """Return who shows `emotion` in the picture `key`: women and men are not shown alike."""
    rng = generator(key, f"{seed}/sitter")
    gender = Gender.FEMALE if rng.random() < FEMALE_SHARE[emotion] else Gender.MALE
    if rng.random() < OTHER_SHARE:
        gender = Gender.OTHER
    return people[gender][int(rng.integers(len(people[gender])))]
