"""The one declaration of every table. Arrow, expectations, data dictionary and Croissant are derived from it."""

import pyarrow as pa

from bhab.schema.columns import Column, Columns
from bhab.schema.common import EMOTION, ID, MODALITY, SPLIT_COLUMN, count, real, text
from bhab.schema.labels import EMOTIONS, AgeGroup, Gender, Modality, SkinTone, Split
from bhab.schema.reasons import REASONS
from bhab.schema.voice import VOICE_CLIPS, VOICE_HISTORY

FACE_PX = 48  # FER2013's size, and the paper's
FACE_BYTES = FACE_PX * FACE_PX
SPEECH_RATE_HZ = 16_000
TOKENS = 20  # the paper's padded length

VOTES = pa.map_(pa.string(), pa.int32())

PARENT = Column(name="parent_id", type=pa.string(), doc="sample_id of the training face it was made from.")


SAMPLE: Columns = (
    ID,
    Column(name="content_sha256", type=pa.string(), doc="SHA-256 of the canonical content: pixels, text, PCM."),
    Column(name="source", type=pa.string(), doc="Key of the source in params.yaml."),
    Column(name="source_key", type=pa.string(), doc="The source's own name for the item."),
    text("source_split", "Split the source published, if any.", tuple(Split)),
    text("source_label", "Label in the source's own words."),
    EMOTION,
    text("subject_id", "Person, unique over all sources; empty if the source does not say."),
    text("gender", "As the source states it.", tuple(Gender)),
    text("age_group", "Age in years, as the source states it.", tuple(AgeGroup)),
    text("skin_tone", "As the source states it.", tuple(SkinTone)),
    text("ethnicity", "As the source states it, in its own words."),
    Column(name="licence", type=pa.string(), doc="Terms of the item."),
    Column(name="consent", type=pa.string(), doc="How the people shown or heard agreed, or 'unknown'."),
    Column(name="votes", type=VOTES, nullable=True, doc="Annotators by emotion, as the source published them."),
)

FACES: Columns = (
    *SAMPLE,
    Column(name="image", type=pa.binary(), n_bytes=FACE_BYTES, doc="48 x 48 grey levels, uint8, row by row."),
    Column(
        name="colour",
        type=pa.binary(),
        nullable=True,
        n_bytes=3 * FACE_BYTES,
        doc="48 x 48 x 3 sRGB, uint8, row by row; only from colour sources, for skin-tone measures.",
    ),
    count("source_width_px", "Width as published.", 1, 8192),
    count("source_height_px", "Height as published.", 1, 8192),
    real("brightness", "Mean grey level.", (0, 255)),
    real("contrast", "Standard deviation of the grey levels.", (0, 128)),
    real("sharpness", "Variance of the Laplacian.", (0, 1e7)),
    real(
        "ita_deg",
        "Individual typology angle of the skin in the middle of the face.",
        (-90, 90),
        nullable=True,
    ),
    text("skin_tone_ita", "Class of ita_deg: a measure of the picture, not of the person.", tuple(SkinTone)),
)

TEXTS: Columns = (
    *SAMPLE,
    Column(name="text_raw", type=pa.string(), doc="The sentence as published."),
    Column(name="text", type=pa.string(), doc="Cleaned and normalised by bhab.text."),
    count("n_words", "Words in text.", 1, 100_000),
    count("n_graphemes", "Grapheme clusters in text.", 1, 1_000_000),
    real("bengali_share", "Share of letters that are Bengali.", (0, 1)),
)

SPEECH: Columns = (
    *SAMPLE,
    Column(name="pcm", type=pa.binary(), doc="16 kHz mono PCM, int16, little endian."),
    real("duration_s", "Length of the clip.", (0.2, 30.0)),
    count("source_rate_hz", "Sample rate as published.", 8_000, 192_000),
    count("source_channels", "Channels as published.", 1, 8),
    real(
        "channel_difference_db",
        "Level of what the channels do not share, under the loudest; only where there are several.",
        (-96, 6),
        nullable=True,
    ),
    real("level_dbfs", "RMS level against full scale.", (-120, 0.1)),
    real("peak_dbfs", "Highest sample against full scale.", (-120, 0.1)),
    real("clipped_share", "Share of samples at full scale, or in runs at a rail just under it.", (0, 1)),
    real("silent_share", "Share of 20 ms frames under -60 dBFS.", (0, 1)),
    real("snr_db", "Estimated ratio of speech to background, digital silence left out.", (-60, 120)),
    text("statement", "The source's code of the sentence spoken."),
    text("transcript", "The sentence spoken."),
    text("intensity", "The source's word for how strongly it was acted."),
)

REJECTS: Columns = (
    Column(name="source", type=pa.string(), doc="Key of the source in params.yaml."),
    Column(name="source_key", type=pa.string(), doc="The source's own name for the item."),
    Column(name="stage", type=pa.string(), doc="Stage that dropped it."),
    Column(name="reason", type=pa.string(), allowed=tuple(REASONS), doc="Key it is counted under."),
    Column(name="detail", type=pa.string(), doc="What was found and what was expected."),
)

DUPLICATES: Columns = (
    ID,
    MODALITY,
    Column(name="duplicate_group", type=pa.string(), doc="Lowest sample_id of those with equal content."),
    Column(name="redundant", type=pa.bool_(), doc="Not the first of its group."),
    Column(name="spans_splits", type=pa.bool_(), doc="The group is in more than one published split."),
    Column(name="contradicts", type=pa.bool_(), doc="The group carries more than one emotion."),
)

FINDINGS: Columns = (
    Column(name="sample_id", type=pa.string(), doc="The sample looked at."),
    MODALITY,
    Column(name="check", type=pa.string(), doc="What was looked for."),
    real("score", "How strongly, in the unit of the check."),
    Column(name="flagged", type=pa.bool_(), doc="Past the threshold in params.yaml."),
)

PAIRS: Columns = (
    Column(name="one_id", type=pa.string(), doc="The lower sample_id of the two."),
    Column(name="other_id", type=pa.string(), doc="The higher one."),
    MODALITY,
    Column(name="kind", type=pa.string(), allowed=("near", "mirrored"), doc="How the two are alike."),
    real("similarity", "In the unit of the modality's check: a correlation, or a share of what both hold.", (0, 1)),
    Column(name="spans_splits", type=pa.bool_(), doc="The two are in different published splits."),
    Column(name="contradicts", type=pa.bool_(), doc="The two carry different emotions."),
)

GROUPS: Columns = (
    ID,
    MODALITY,
    Column(name="group_id", type=pa.string(), doc="Samples that must share a split: one person, or nearly equal."),
)

LABELS: Columns = (
    ID,
    MODALITY,
    EMOTION,
    Column(name="origin", type=pa.string(), allowed=("source", "annotators"), doc="Who gave the emotion."),
    count("n_votes", "Annotators who voted here."),
    real("agreement", "Share of their votes for the emotion.", (0, 1), nullable=True),
    real(
        "source_agreement",
        "Share of the votes the source published, among the seven emotions, for the source's own emotion.",
        (0, 1),
        nullable=True,
    ),
)

ANNOTATORS: Columns = (
    Column(name="annotator", type=pa.string(), doc="As the export names them."),
    MODALITY,
    count("n", "Samples they voted on."),
    count("n_compared", "Of these, samples on whose emotion the others' majority is clear."),
    count("n_agreed", "Of these, samples on which they agree with it."),
)

PROBE: Columns = (
    ID,
    MODALITY,
    count("fold", "Number of the fold it was held out in."),
    *(real(f"p_{e}", f"Probability of {e} by a model that saw no sample of its group.", (0, 1)) for e in EMOTIONS),
    real("outlier", "How unlike all others it is; only the order counts."),
)

LABEL_ISSUES: Columns = (
    ID,
    MODALITY,
    Column(name="source", type=pa.string(), doc="Key of the source in params.yaml."),
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="The label."),
    Column(name="suggested", type=pa.string(), allowed=EMOTIONS, doc="The most probable other emotion."),
    real("p_given", "Probability of the label, out of fold.", (0, 1)),
    real("p_suggested", "Probability of the suggestion, out of fold.", (0, 1)),
    real("score", "Estimated probability that the label is wrong.", (0, 1)),
    count("rank", "Place in its modality, 1 for the highest score.", 1),
    Column(name="flagged", type=pa.bool_(), doc="Past the threshold in params.yaml."),
)

SPLITS: Columns = (
    ID,
    MODALITY,
    Column(name="source", type=pa.string(), doc="Key of the source in params.yaml."),
    EMOTION,
    Column(name="group_id", type=pa.string(), doc="Samples that must share a split."),
    SPLIT_COLUMN,
    Column(name="leaked", type=pa.bool_(), doc="Held out, but a sample of its group is in training."),
)

QUEUE: Columns = (
    ID,
    MODALITY,
    Column(name="detail", type=pa.string(), doc="Why people are to be asked about it."),
)

STUDY: Columns = (
    Column(name="seed", type=pa.int32(), doc="Of the training."),
    Column(name="sample_id", type=pa.string(), doc="The face judged."),
    Column(name="group_id", type=pa.string(), doc="Faces of one group are much alike, and say little more than one."),
    SPLIT_COLUMN,
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="Emotion of the face."),
    Column(name="predicted", type=pa.string(), allowed=EMOTIONS, doc="What the model said."),
)

AUGMENTED: Columns = (
    ID,
    PARENT,
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="Emotion of the parent."),
    Column(name="image", type=pa.binary(), n_bytes=FACE_BYTES, doc="48 x 48 grey levels, uint8, row by row."),
)

TOKENISED: Columns = (
    ID,
    EMOTION,
    SPLIT_COLUMN,
    Column(name="tokens", type=pa.list_(pa.int32(), TOKENS), doc="Ids in models/vocabulary.json, padded."),
    count("n_words", "Words before cutting to length."),
    count("n_unknown", "Words outside the vocabulary."),
    Column(name="truncated", type=pa.bool_(), doc="Longer than fits."),
)

REPLIES: Columns = (
    ID,
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="Emotion of who is answered."),
    text("context", "What they say, cleaned; empty if only the emotion is known."),
    Column(name="reply", type=pa.string(), doc="What is said to them, cleaned."),
    Column(name="template", type=pa.string(), doc="The reply before names and things are filled in."),
    SPLIT_COLUMN,  # by template
    Column(name="source", type=pa.string(), doc="'grammar', or the name of the file."),
)

CLEAN_SPEECH: Columns = (
    ID,
    EMOTION,
    SPLIT_COLUMN,
    Column(name="pcm", type=pa.binary(), doc="Trimmed and denoised; 16 kHz mono PCM, int16, little endian."),
    real("duration_s", "Length after trimming.", (0.0, 30.0)),
    real("trimmed_s", "Removed at both ends.", (0.0, 30.0)),
    real("snr_before_db", "Estimated before.", (-60, 120)),
    real("snr_after_db", "Estimated after.", (-60, 120)),
    real("level_change_db", "Of speech, by denoising, kept or not; empty if not tried.", (-120, 120), nullable=True),
    real("pitch_change_semitones", "Of the median, by denoising, kept or not.", (-36, 36), nullable=True),
    real("speech_lost_share", "Of frames with speech, by denoising, kept or not.", (0, 1), nullable=True),
    text("heard_before", "Emotion that a listener hears in the trimmed clip; empty if not tried.", EMOTIONS),
    text("heard_after", "The same, denoised, whether or not that was kept.", EMOTIONS),
    Column(name="denoised", type=pa.bool_(), doc="False where the guard kept the original."),
    Column(name="guard", type=pa.string(), doc="Why the original was kept; 'passed' where it was not."),
)

HISTORY: Columns = (
    count("epoch", "From 1.", 1),
    real("learning_rate", "In force during the epoch."),
    real("train_loss", "Mean over the epoch, in training mode."),
    real("train_accuracy", "In evaluation mode, on as many training items as validation has.", (0, 1)),
    real("validation_loss", "In evaluation mode."),
    real("validation_accuracy", "In evaluation mode.", (0, 1)),
)

PREDICTIONS: Columns = (
    ID,
    Column(name="model", type=pa.string(), doc="Key of the model."),
    SPLIT_COLUMN,
    Column(name="emotion", type=pa.string(), allowed=EMOTIONS, doc="The label."),
    Column(name="predicted", type=pa.string(), allowed=EMOTIONS, doc="The model's most probable emotion."),
    *(real(f"p_{e}", f"Probability of {e}.", (0, 1)) for e in EMOTIONS),
    Column(name="leaked", type=pa.bool_(), doc="A sample of its group is in training."),
)

TABLES: dict[str, Columns] = {
    "faces": FACES,
    "texts": TEXTS,
    "speech": SPEECH,
    "rejects": REJECTS,
    "duplicates": DUPLICATES,
    "findings": FINDINGS,
    "pairs": PAIRS,
    "groups": GROUPS,
    "labels": LABELS,
    "annotators": ANNOTATORS,
    "probe": PROBE,
    "label_issues": LABEL_ISSUES,
    "splits": SPLITS,
    "queue": QUEUE,
    "study": STUDY,
    "augmented": AUGMENTED,
    "tokenised": TOKENISED,
    "replies": REPLIES,
    "clean_speech": CLEAN_SPEECH,
    "history": HISTORY,
    "voice_clips": VOICE_CLIPS,
    "voice_history": VOICE_HISTORY,
    "predictions": PREDICTIONS,
}

SAMPLE_TABLES: dict[Modality, Columns] = {
    Modality.FACES: FACES,
    Modality.TEXTS: TEXTS,
    Modality.SPEECH: SPEECH,
}
