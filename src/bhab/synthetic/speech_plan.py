"""Which clips the corpus of speech holds: who says what, how, and what is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bhab.audio.manner import MANNERS
from bhab.audio.voice import Voice
from bhab.config import SynthesizeConfig
from bhab.curation.chance import generator, unit_interval
from bhab.errors import ParamsError
from bhab.schema import EMOTIONS, AgeGroup, Emotion, Gender
from bhab.synthetic.grammar import sentences
from bhab.synthetic.plan import FaultKind, Mark, class_counts, marks, mistaken

CODES = {  # BanglaSER's numbers for the emotions
    Emotion.HAPPY: "01",
    Emotion.SAD: "02",
    Emotion.ANGRY: "03",
    Emotion.SURPRISE: "04",
    Emotion.NEUTRAL: "05",
    Emotion.DISGUST: "06",
    Emotion.FEAR: "07",
}
UNKNOWN_CODE = "09"  # no emotion of BanglaSER has it
SENTENCES = 14  # for each emotion: seven times as many still have two digits
CHOICE = 4  # times as many are written, and the shortest taken: corpora are acted on a few words
PLANTED = (
    FaultKind.CLIPPED,
    FaultKind.CORRUPT,
    FaultKind.SILENT,
    FaultKind.WRONG_LABEL,
    FaultKind.WRONG_LABEL_NAME,
    FaultKind.WRONG_SAMPLE_RATE,
)
COPIED = (FaultKind.EXACT_DUPLICATE, FaultKind.NEAR_DUPLICATE)

# Adults are more than half, as in most corpora: an imbalance to be found.
AGES = (AgeGroup.YOUNG, AgeGroup.MIDDLE, AgeGroup.YOUNG, AgeGroup.OLD, AgeGroup.TEEN, AgeGroup.YOUNG, AgeGroup.CHILD)
PITCHES = {AgeGroup.CHILD: 85, AgeGroup.TEEN: 62, AgeGroup.YOUNG: 50, AgeGroup.MIDDLE: 44, AgeGroup.OLD: 38}
PACES = {AgeGroup.CHILD: 1.0, AgeGroup.TEEN: 1.08, AgeGroup.YOUNG: 1.05, AgeGroup.MIDDLE: 1.0, AgeGroup.OLD: 0.85}
VARIANTS = {  # eSpeak NG's, by who they sound like
    Gender.FEMALE: ("f1", "f2", "f3", "f4", "f5", "steph", "belinda"),
    Gender.MALE: ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"),
}
CHILDREN = VARIANTS[Gender.FEMALE]  # before the voice breaks, boys and girls sound alike
OLD = {Gender.FEMALE: ("aunty", "grandma"), Gender.MALE: ("grandpa", "max")}


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person of the cast: an eSpeak NG variant with its own pitch and pace, and the device that records it."""

    number: int  # from 1; odd is male, as in BanglaSER
    age_group: AgeGroup
    voice: Voice
    rate_hz: int
    channels: int

    @property
    def gender(self) -> Gender:
        """The gender that the number tells."""
        return Gender.MALE if self.number % 2 else Gender.FEMALE


@dataclass(frozen=True, slots=True)
class Clip:
    """One file: what is said in it, how it is labelled, and the fault planted in it."""

    speaker: Speaker
    emotion: Emotion  # as spoken
    code: str  # as labelled, in the file's name
    strong: bool
    statement: int
    text: str
    fault: FaultKind | None = None
    repetition: int = 1

    @property
    def name(self) -> str:
        """The file's name, as BanglaSER has them: speech, emotion, intensity, statement, repetition, actor."""
        numbers = f"{1 + self.strong:02}-{self.statement:02}-{self.repetition:02}-{self.speaker.number % 100:02}"
        return f"03-01-{self.code}-{numbers}.wav"


def cast(config: SynthesizeConfig) -> list[Speaker]:
    """Return the speakers, men and women in turn."""
    return [_speaker(number, config.seed) for number in range(1, config.speakers + 1)]


def plan(config: SynthesizeConfig) -> list[Clip]:
    """Return all clips: `speech_clips * scale` sound ones, and those bad in themselves. Names are unique."""
    wanted: list[tuple[Emotion, FaultKind | None]] = [
        (emotion, None) for emotion, n in class_counts(config.speech_clips, config.scale).items() for _ in range(n)
    ]
    wanted += [
        (Emotion(EMOTIONS[(mark.number + PLANTED.index(mark.kind)) % len(EMOTIONS)]), mark.kind)
        for mark in marks(PLANTED, (), len(wanted), config)
    ]
    said = {e: _statements(e, config.seed) for e in Emotion}
    speakers = cast(config)
    clips = []
    for number, (emotion, kind) in enumerate(wanted):
        rng = generator(f"clip {number}", config.seed)
        sentence = int(rng.integers(SENTENCES))
        clip = Clip(
            speaker=speakers[number % len(speakers)],
            emotion=emotion,
            code=_code(emotion, kind, f"clip {number}", config.seed),
            strong=emotion is not Emotion.NEUTRAL and bool(rng.random() < 0.5),  # noqa: PLR2004 - one half
            statement=1 + EMOTIONS.index(emotion) * SENTENCES + sentence,
            text=said[emotion][sentence],
            fault=kind,
        )
        clips.append(clip)
    return _numbered(clips)


def copies(clips: Sequence[Clip], variants: Sequence[str], config: SynthesizeConfig) -> list[tuple[Mark, Clip, Clip]]:
    """Return the planted pairs: a sound clip and its copy, which has a name of its own. No clip is copied twice.

    Raises ParamsError if there are too few sound clips.
    """
    planted = marks(COPIED, variants, 0, config)
    sound = [clip for clip in clips if clip.fault is None]
    if len(sound) < len(planted):
        wanted = f"synthesize.faults: {len(planted)} copies"
        raise ParamsError(f"{wanted}, but {len(sound)} clips are too few to copy")
    chosen = sorted(sound, key=lambda clip: unit_interval(clip.name, f"{config.seed} copies"))[: len(planted)]
    return list(zip(planted, chosen, _numbered([*clips, *chosen])[len(clips) :], strict=True))


def voice_of(clip: Clip, seed: str) -> Voice:
    """Return the speaker's voice as the emotion of `clip` changes it, with some chance: nobody acts twice the same."""
    rng = generator(clip.name, f"{seed} voice")
    base, manner = clip.speaker.voice, MANNERS[clip.emotion]
    share = 1.0 if clip.strong else 0.5
    return Voice(
        variant=base.variant,
        words_per_minute=round(base.words_per_minute * manner.pace**share * rng.uniform(0.92, 1.08)),
        pitch=int(np.clip(base.pitch + share * manner.pitch + rng.normal(0, 4), 0, 99)),
        pitch_range=int(np.clip(base.pitch_range + share * manner.pitch_range + rng.normal(0, 8), 0, 99)),
    )


def gain_db(clip: Clip) -> float:
    """Return how much louder than neutral speech the emotion of `clip` is."""
    return MANNERS[clip.emotion].gain_db * (1.0 if clip.strong else 0.5)


def _statements(emotion: Emotion, seed: str) -> list[str]:
    """Return the sentences that are spoken for `emotion`."""
    return sorted(sentences(emotion, CHOICE * SENTENCES, f"{seed} speech"), key=lambda text: (len(text), text))[
        :SENTENCES
    ]


def _speaker(number: int, seed: str) -> Speaker:
    rng = generator(f"speaker {number}", seed)
    gender = Gender.MALE if number % 2 else Gender.FEMALE
    age = AGES[(number - 1) // 2 % len(AGES)]
    variants = {AgeGroup.CHILD: CHILDREN, AgeGroup.OLD: OLD[gender]}.get(age, VARIANTS[gender])
    return Speaker(
        number=number,
        age_group=age,
        voice=Voice(
            variant=variants[number // 2 % len(variants)],
            words_per_minute=round(150 * PACES[age] * rng.uniform(0.93, 1.07)),
            pitch=round(PITCHES[age] + rng.uniform(-8, 8)),
            pitch_range=round((30 if age is AgeGroup.OLD else 45) + rng.uniform(-8, 8)),
        ),
        rate_hz=(44_100, 48_000)[number // 2 % 2],
        channels=2 if number % 4 == 0 else 1,
    )


def _code(emotion: Emotion, kind: FaultKind | None, key: str, seed: str) -> str:
    if kind is FaultKind.WRONG_LABEL_NAME:
        return UNKNOWN_CODE
    if kind is FaultKind.WRONG_LABEL:
        return CODES[mistaken(emotion, key, seed)]
    return CODES[emotion]


def _numbered(clips: Sequence[Clip]) -> list[Clip]:
    """Return `clips` with repetitions counted, so that no two have one name."""
    times: Counter[str] = Counter()
    numbered = []
    for clip in clips:
        name = replace(clip, repetition=1).name
        times[name] += 1
        numbered.append(replace(clip, repetition=times[name]))
    return numbered
