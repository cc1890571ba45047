"""Who writes the texts of the embedded corpus, and what is wrong with some of them on purpose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bhab.curation.chance import unit_interval
from bhab.errors import ParamsError
from bhab.schema import EMOTIONS, AgeGroup, Gender, Split
from bhab.synthetic.lexicon import lexicon
from bhab.synthetic.plan import FaultKind

TEXTS_PER_WRITER = 12
MIN_WRITERS = 10
TEST_EVERY = 5  # every fifth writer is held out: 20 %
UNKNOWN_LABEL = "excited"
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


def plant(material: Material, n: int, salt: str) -> list[Line]:
    """Return further lines that carry `n` faults of each kind: copies of different lines, and lines bad in themselves.

    Raises ParamsError if there are too few lines to copy.
    """
    base, spare = material.base, material.spare
    originals = iter(sorted(base, key=lambda line: unit_interval(line.name, f"{salt}-originals")))
    bad = iter(sorted(spare, key=lambda line: unit_interval(line.name, f"{salt}-bad")))
    said = {line.sentence for line in (*base, *spare)}
    test = [writer for writer in material.people if writer.split is Split.TEST]
    planted: list[Line] = []
    try:
        for i in range(n):
            planted.append(_copy(next(originals), FaultKind.EXACT_DUPLICATE))
            trained = next(line for line in originals if line.writer.split is Split.TRAIN)
            planted.append(replace(_copy(trained, FaultKind.CROSS_SPLIT_DUPLICATE), writer=test[i % len(test)]))
            planted.append(next(_near_copies(originals, said, f"{salt}-near")))
            said.add(planted[-1].sentence)
            planted.append(_bad(next(bad), FaultKind.WRONG_LABEL_NAME, UNKNOWN_LABEL))
            planted.append(_bad(next(bad), FaultKind.CORRUPT))
            planted.append(_bad(next(bad), FaultKind.BROKEN_UNICODE))
            line = next(bad)
            planted.append(_bad(line, FaultKind.WRONG_LABEL, _other_emotion(line, f"{salt}-label")))
    except StopIteration as end:
        raise ParamsError(f"synthesize.faults: {n} of each kind, but {len(base)} texts are too few to copy") from end
    return planted


def _copy(line: Line, kind: FaultKind) -> Line:
    return replace(line, name=f"{kind}-{line.name}", kind=kind, originals=(line.name,))


def _bad(line: Line, kind: FaultKind, label: str | None = None) -> Line:
    return replace(line, name=f"{kind}-{line.name}", kind=kind, label=label or line.label)


def _other_emotion(line: Line, salt: str) -> str:
    others = [emotion for emotion in EMOTIONS if emotion != line.label]
    return others[int(unit_interval(line.name, salt) * len(others))]


def _near_copies(originals: Iterator[Line], said: set[str], salt: str) -> Iterator[Line]:
    """Yield copies in which one person's name is another."""
    names = [noun.stem for noun in lexicon()["name"] if " " not in noun.stem]
    for line in originals:
        words = line.sentence.split(" ")
        at = next((i for i, word in enumerate(words) if word in names), None)
        if at is None:
            continue
        words[at] = names[int(unit_interval(line.name, salt) * len(names))]
        sentence = " ".join(words)
        if sentence not in said:
            yield replace(_copy(line, FaultKind.NEAR_DUPLICATE), sentence=sentence)
