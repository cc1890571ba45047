"""Who writes the texts of the embedded corpus, and what is wrong with some of them on purpose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bhab.curation.chance import generator, unit_interval
from bhab.errors import ParamsError
from bhab.schema import AgeGroup, Emotion, Gender, Split
from bhab.synthetic.plan import FaultKind, Mark, mistaken
from bhab.synthetic.text_copies import COPIES

TEXTS_PER_WRITER = 12
MIN_WRITERS = 10
TEST_EVERY = 5  # every fifth writer is held out: 20 %
UNKNOWN_LABEL = "excited"
MIN_WORDS = 8  # of what is copied with a change: of fewer words one is a share that makes another sentence
PAIRS = (FaultKind.EXACT_DUPLICATE, FaultKind.CROSS_SPLIT_DUPLICATE, FaultKind.NEAR_DUPLICATE)
KINDS = (
    *PAIRS,
    FaultKind.WRONG_LABEL,
    FaultKind.WRONG_LABEL_NAME,
    FaultKind.CORRUPT,
    FaultKind.BROKEN_UNICODE,
)
# Shares of the writers: more young women than old men, as in comments under posts.
GENDERS = ((0.52, Gender.FEMALE), (0.98, Gender.MALE), (1.0, Gender.OTHER))
AGES = ((0.15, AgeGroup.TEEN), (0.65, AgeGroup.YOUNG), (0.90, AgeGroup.MIDDLE), (1.0, AgeGroup.OLD))


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a text; a writer's texts share a split."""

    name: str
    gender: Gender
    age_group: AgeGroup
    split: Split


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be. `name` is its own for good, whatever it says; `sentence` is in the form of `clean`."""

    name: str
    sentence: str
    label: str
    writer: Writer
    kind: FaultKind | None = None
    originals: tuple[str, ...] = ()  # names of the lines it copies
    variant: str = ""  # how, if the copy is not quite equal


def writers(texts: int, salt: str) -> list[Writer]:
    """Return the writers of a corpus of this many texts; every fifth is in the test split."""
    found = []
    for number in range(max(MIN_WRITERS, texts // TEXTS_PER_WRITER)):
        name = f"w{number + 1:04d}"
        gender = next(g for share, g in GENDERS if unit_interval(name, f"{salt}-gender") < share)
        age = next(a for share, a in AGES if unit_interval(name, f"{salt}-age") < share)
        found.append(Writer(name, gender, age, Split.TEST if number % TEST_EVERY == 0 else Split.TRAIN))
    return found


def writer_of(name: str, people: Sequence[Writer], salt: str) -> Writer:
    """Return who wrote the line called `name`."""
    return people[int(unit_interval(name, f"{salt}-writer") * len(people))]


@dataclass(frozen=True, slots=True)
class Material:
    """What faults are made of: the sound lines, lines that are in no other place, and the writers."""

    base: Sequence[Line]
    spare: Sequence[Line]
    people: Sequence[Writer]


def plant(material: Material, planted: Sequence[Mark], salt: str) -> list[Line]:
    """Return further lines that carry the faults `planted`: copies of different lines, and lines bad in themselves.

    Of the near duplicates every second has its copy in the other split. Raises ParamsError if there are too few lines.
    """
    base, spare = material.base, material.spare
    originals = iter(sorted(base, key=lambda line: unit_interval(line.name, f"{salt}-originals")))
    bad = iter(sorted(spare, key=lambda line: unit_interval(line.name, f"{salt}-bad")))
    said = {line.sentence for line in (*base, *spare)}
    test = [writer for writer in material.people if writer.split is Split.TEST]
    lines: list[Line] = []
    try:
        for mark in planted:
            if mark.kind not in PAIRS:
                lines.append(_bad(next(bad), mark.kind, salt))
                continue
            leaks = mark.kind is FaultKind.CROSS_SPLIT_DUPLICATE or (mark.variant != "" and mark.number % 2 == 1)
            trained = (line for line in originals if not leaks or line.writer.split is Split.TRAIN)
            copy = next(_near_copies(trained, mark, said, salt)) if mark.variant else _copy(next(trained), mark)
            lines.append(replace(copy, writer=test[mark.number % len(test)]) if leaks else copy)
            said.add(copy.sentence)
    except StopIteration as end:
        wanted = f"synthesize.faults: {len(planted)} faults of all kinds"
        raise ParamsError(f"{wanted}, but {len(base)} texts are too few to copy") from end
    return lines


def _copy(line: Line, mark: Mark) -> Line:
    name = "-".join(filter(None, (mark.kind, mark.variant, line.name)))
    return replace(line, name=name, kind=mark.kind, variant=mark.variant, originals=(line.name,))


def _bad(line: Line, kind: FaultKind, salt: str) -> Line:
    wrong = mistaken(Emotion(line.label), line.name, salt)
    labels = {FaultKind.WRONG_LABEL: wrong, FaultKind.WRONG_LABEL_NAME: UNKNOWN_LABEL}
    return replace(line, name=f"{kind}-{line.name}", kind=kind, label=labels.get(kind, line.label))


def _near_copies(originals: Iterator[Line], mark: Mark, said: set[str], salt: str) -> Iterator[Line]:
    """Yield copies changed as `mark` says, of lines long enough that one word more or less leaves them alike."""
    for line in originals:
        sentence = COPIES[mark.variant](line.sentence, generator(line.name, f"{salt}-{mark.variant}"))
        if sentence not in said and line.sentence.count(" ") + 1 >= MIN_WORDS:
            yield replace(_copy(line, mark), sentence=sentence)
