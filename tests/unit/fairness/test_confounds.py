import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhab.config import ConfoundsConfig
from bhab.fairness.confounds import Factor, confounds, cramers_v, factors_of, fold_accuracy
from bhab.schema import SPEECH, Modality, sample_id
from bhab.store import table_of

CONFIG = ConfoundsConfig(salt="test", folds=5, min_lift=0.05, min_v=0.3)
ANGRY, DISGUST, FEAR = 0, 1, 2
RNG = np.random.default_rng(1)
NOISE_DBFS = RNG.normal(-20, 3, 600)


def clip(number, **told):
    key = f"{number}.wav"
    return {
        "sample_id": sample_id("clips", key),
        "content_sha256": "",
        "source": "clips",
        "source_key": key,
        "licence": "MIT",
        "consent": "synthetic",
        "pcm": b"",
        "duration_s": 1.0,
        "source_rate_hz": 44_100,
        "source_channels": 1,
        "level_dbfs": NOISE_DBFS[number],
        "peak_dbfs": -3.0,
        "clipped_share": 0.0,
        "silent_share": 0.0,
        "snr_db": 20.0,
        **told,
    }


def clips(*rows):
    return table_of([clip(number, **told) for number, told in enumerate(rows)], SPEECH)


def told(n, tell):
    """Return labels of three emotions in turn, and clips of which `tell(label)` says something."""
    labels = np.arange(n) % 3
    return clips(*(tell(int(label)) for label in labels)), labels.astype(np.int64)


@pytest.mark.parametrize(
    ("tell", "rings"),
    [
        pytest.param(lambda _: {}, (), id="nothing is told"),
        pytest.param(
            lambda label: {"source": "other" if label == DISGUST else "clips"},
            ("source", "together"),
            id="one emotion comes from a source of its own",
        ),
        pytest.param(
            lambda label: {"gender": None if label == FEAR else "male"},
            ("gender", "together"),
            id="one emotion's people are not described",
        ),
        pytest.param(
            lambda label: {"intensity": "strong" if label == ANGRY else "normal"},
            ("intensity", "together"),
            id="the intensity is fixed by the emotion",
        ),
        pytest.param(
            lambda label: {"source_rate_hz": 48_000 if label == FEAR else 44_100},
            ("source_rate_hz", "together"),
            id="another sample rate",
        ),
    ],
)
def test_what_rings(tell, rings):
    samples, labels = told(300, tell)
    assert confounds(samples, labels, Modality.SPEECH, CONFIG).rings == rings


def test_loudness_rings_by_its_tenth():
    samples, labels = told(300, lambda _: {})
    louder = samples.set_column(
        samples.schema.get_field_index("level_dbfs"),
        "level_dbfs",
        pa.array(NOISE_DBFS[:300] + 20.0 * (labels == ANGRY)),
    )
    found = confounds(louder, labels, Modality.SPEECH, CONFIG)
    level = next(one for one in found.factors if one.factor == "level_dbfs")
    assert (level.rings, {t.emotion for t in level.telling if t.share == 1}) == (True, {"angry"})


def test_what_is_rare_rings_by_its_association_though_accuracy_hardly_gains():
    labels = np.where(np.arange(600) < 12, DISGUST, np.arange(600) % 2 * FEAR).astype(np.int64)
    samples = clips(*({"licence": "other" if label == DISGUST else "MIT"} for label in labels))
    found = confounds(samples, labels, Modality.SPEECH, CONFIG)
    assert (found.rings, found.factors[0].accuracy.low > found.chance + CONFIG.min_lift) == (("licence",), False)


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(np.full(4, -1), id="no emotions"),
        pytest.param(np.zeros(4, dtype=np.int64), id="one emotion"),
        pytest.param(np.zeros(0, dtype=np.int64), id="no samples"),
    ],
)
def test_nothing_to_tell(labels):
    samples = clips(*({"gender": g} for g in ["male", "female", "male", "female"][: len(labels)]))
    assert confounds(samples, labels, Modality.SPEECH, CONFIG).rings == ()


def test_a_column_whose_values_do_not_come_again_is_no_factor():
    samples = clips(*({"subject_id": str(n), "statement": "1"} for n in range(20)))
    assert [factor.name for factor in factors_of(samples, Modality.SPEECH)] == ["level_dbfs"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=8, max_size=200))
def test_v_is_in_its_interval_and_does_not_depend_on_the_order_of_values(cells):
    table = np.zeros((4, 7))
    np.add.at(table, tuple(np.array(cells).T), 1)
    v = cramers_v(table)
    assert 0 <= v.low <= v.value + 1e-6
    assert v.value - 1e-6 <= v.high <= 1
    assert cramers_v(table[::-1, ::-1]).value == pytest.approx(v.value, abs=1e-6)


@pytest.mark.parametrize(
    ("table", "value"),
    [
        pytest.param([[50, 0], [0, 50]], 0.995, id="all but perfect, less the one degree of freedom"),
        pytest.param([[25, 25], [25, 25]], 0.0, id="independent"),
        pytest.param([[100, 0], [0, 0]], 0.0, id="nothing varies"),
    ],
)
def test_v_of_known_tables(table, value):
    assert cramers_v(np.array(table, dtype=np.float64)).value == pytest.approx(value, abs=0.001)


def test_accuracy_is_of_other_folds_only():
    """A value that occurs once tells nothing: the guess is the commonest label of the rest."""
    alone = Factor("person", tuple("abcdef"), np.arange(6))
    labels, folds = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 2, 3, 4, 5])
    assert fold_accuracy(alone, labels, folds).value == pytest.approx(4 / 6)
