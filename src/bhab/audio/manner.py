"""What an emotion does to a voice."""

from dataclasses import dataclass

from bhab.schema import Emotion


@dataclass(frozen=True, slots=True)
class Manner:
    """Changes against neutral speech; half of them where an emotion is acted at normal intensity."""

    pace: float  # factor of words per minute
    pitch: int  # of eSpeak NG's 0 to 99, added
    pitch_range: int  # likewise
    gain_db: float


# After the directions that Scherer (2003) reports for speech; the sizes are ours, small enough for emotions to overlap.
MANNERS = {
    Emotion.ANGRY: Manner(1.15, 6, 25, 5.0),
    Emotion.DISGUST: Manner(0.90, -6, -8, 0.0),
    Emotion.FEAR: Manner(1.25, 14, -15, -3.0),
    Emotion.HAPPY: Manner(1.08, 12, 28, 2.0),
    Emotion.NEUTRAL: Manner(1.00, 0, 0, 0.0),
    Emotion.SAD: Manner(0.80, -9, -28, -5.0),
    Emotion.SURPRISE: Manner(1.05, 18, 40, 2.0),
}
