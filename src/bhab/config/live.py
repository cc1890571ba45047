"""Section `live`: from camera to voice, and `bhab predict`. No stage reads it."""

from pydantic import Field

from bhab.config.base import Section


class LiveConfig(Section):
    """Section `live`."""

    model: str = Field(description="of faces, as stage publish writes them: MODEL/VARIANT, or MODEL for its float32")
    yunet: str | None = Field(description="ONNX file of YuNet; none: the cascade that OpenCV ships")
    cascade_step: float = Field(gt=1, le=2, description="from one size of face that is looked for to the next")
    cascade_neighbours: int = Field(ge=1, le=20, description="hits on one place that make a face")
    min_face_px: int = Field(ge=20, description="after the picture was made smaller")
    frame_px: int = Field(ge=64, description="longer side at which a frame of a camera is looked at")
    picture_px: int = Field(ge=64, description="the same, of a picture")
    margin: float = Field(ge=0, le=1, description="of a detector's box, around it")
    max_faces: int = Field(ge=1, le=100)
    half_life_s: float = Field(gt=0, description="after which a frame counts half of what it did")
    min_overlap: float = Field(gt=0, lt=1, description="of two boxes, intersection over union, to be one face")
    forget_s: float = Field(gt=0, description="after which a face that is not seen is gone")
    settle_s: float = Field(ge=0, description="that a face is seen before anything is said to it")
    min_lead: float = Field(ge=0, lt=1, description="of a new emotion over the one before, to count as a change")
    pause_s: float = Field(ge=0, description="of silence between two things that are said")
    voice_weight: float = Field(ge=0, le=1, description="of what is heard, beside what is seen")
    voice_half_life_s: float = Field(gt=0, description="after which what was heard counts half of what it did")
    min_speech_share: float = Field(ge=0, le=1, description="of a sound, below which nobody spoke")
    beam: int = Field(ge=1, le=64, description="replies weighed at once; 1 is greedy")
    replies_kept: int = Field(ge=0, le=10_000, description="in memory, and as many spoken sentences")
    max_clients: int = Field(ge=1, le=100)
    idle_s: float = Field(gt=0, description="after which a client that asks nothing is forgotten")
