import numpy as np
import pyarrow as pa
import pytest
from curation_rows import faces, sample, sample_id
from hypothesis import given
from hypothesis import strategies as st

from bhab.config import SuspectConfig
from bhab.curation import suspects
from bhab.curation.confident import confident_joint, noise_matrix
from bhab.schema import EMOTIONS, LABELS, PROBE, Modality
from bhab.store import table_of

CONFIG = SuspectConfig(
    min_score=0.5, min_odds=dict.fromkeys(Modality, 5.0), min_reviews=4, outlier_fence=3.0, resamples=100
)
HAPPY, NEUTRAL, SAD = (EMOTIONS.index(e) for e in ("happy", "neutral", "sad"))


def row(name, stated="happy", *, said=(("happy", 1.0),), annotators=None, **other):
    """A face whose source states one emotion, of which a model says `said`: emotion to probability."""
    said = dict(said)
    return {
        "face": sample(name, emotion=stated, votes=other.get("votes")),
        "label": {
            "sample_id": sample_id(name),
            "modality": "faces",
            "emotion": annotators or stated,
            "origin": "annotators" if annotators else "source",
            "n_votes": 2 if annotators else 0,
        },
        "probe": {"sample_id": sample_id(name), "modality": "faces", "fold": 0, "outlier": other.get("outlier", 0.0)}
        | {f"p_{e}": said.get(e, 0.0) for e in EMOTIONS},
    }


def evidence(*rows):
    tables = {"label": LABELS, "probe": PROBE}
    made = {key: table_of([each[key] for each in rows], columns) for key, columns in tables.items()}
    return suspects.gather(faces(*(each["face"] for each in reversed(rows))), made["probe"], made["label"])


def issues(*rows, scores=None):
    gathered = evidence(*rows)
    scores = suspects.score(gathered, CONFIG) if scores is None else np.array(scores)
    return suspects.label_issues(gathered, scores, CONFIG, Modality.FACES)


def test_an_issue_says_what_the_label_is_and_what_it_ought_to_be():
    found = issues(row("a", "happy", said={"happy": 0.1, "sad": 0.7, "fear": 0.2}), scores=[0.9])
    assert found.to_pylist() == [
        {
            "sample_id": sample_id("a"),
            "modality": "faces",
            "source": "corpus",
            "emotion": "happy",
            "suggested": "sad",
            "p_given": 0.1,
            "p_suggested": 0.7,
            "score": 0.9,
            "rank": 1,
            "flagged": True,
        }
    ]


@pytest.mark.parametrize(
    ("rows", "scores", "ranks"),
    [
        pytest.param("abc", [0.2, 0.9, 0.5], {"a": 3, "b": 1, "c": 2}, id="by score"),
        pytest.param("abc", [0.5, 0.5, 0.5], {"a": 1, "b": 2, "c": 3}, id="equal ones by sample_id"),
    ],
)
def test_ranks(rows, scores, ranks):
    found = issues(*(row(name) for name in rows), scores=scores)
    assert dict(zip(found["sample_id"].to_pylist(), found["rank"].to_pylist(), strict=True)) == {
        sample_id(name): rank for name, rank in ranks.items()
    }


@pytest.mark.parametrize(
    ("p_given", "flagged"),
    [
        pytest.param(0.05, True, id="19 times as probable, 10 by what is usual"),
        pytest.param(0.12, False, id="seven times as probable, 4.1 by what is usual"),
        pytest.param(0.0, True, id="the label is impossible"),
    ],
)
def test_a_label_is_flagged_when_it_is_improbable_beside_a_probable_one(p_given, flagged):
    sure = [row("b", "happy", said={"happy": 1.0}), row("c", "sad", said={"sad": 1.0})]
    found = issues(row("a", "sad", said={"sad": p_given, "happy": 1 - p_given}), *sure, scores=[0.4, 0.0, 0.0])
    assert found["flagged"].to_pylist() == [flagged, False, False]


@pytest.mark.parametrize(
    ("score", "flagged"), [pytest.param(0.5, True, id="wrong"), pytest.param(0.4, False, id="right")]
)
def test_a_label_is_flagged_by_its_score_when_annotators_taught_it(score, flagged):
    settled = [
        row(name, annotators=emotion) for name, emotion in zip("abcd", ("happy", "sad", "sad", "sad"), strict=True)
    ]
    assert issues(*settled, row("e"), scores=[0.0] * 4 + [score])["flagged"].to_pylist() == [flagged]


@pytest.mark.parametrize(
    ("given_row", "listed"),
    [
        pytest.param(row("a"), 1, id="a label of the source"),
        pytest.param(row("a", None), 0, id="no label"),
        pytest.param(row("a", annotators="sad"), 0, id="changed by annotators"),
        pytest.param(row("a", annotators="happy"), 0, id="confirmed by annotators"),
    ],
)
def test_a_label_is_judged_unless_annotators_settled_it(given_row, listed):
    assert issues(given_row).num_rows == listed


def test_what_annotators_settled_is_learned_from_when_it_is_enough(monkeypatch):
    asked = []
    monkeypatch.setattr(
        suspects, "score_with_reviews", lambda p, labels, reviewed: asked.append(reviewed) or labels * 0.0
    )
    settled = [row("a", annotators="happy"), row("b", annotators="sad"), row("c", annotators="sad"), row("d")]
    suspects.score(evidence(*settled), CONFIG)
    assert asked == []
    suspects.score(evidence(*settled, row("e", None, annotators="sad"), row("f", annotators="happy")), CONFIG)
    assert [reviewed.tolist() for reviewed in asked] == [[0, 1, 1, -1, -1, 0]]


def test_votes_are_a_majority_only_when_more_than_half_of_all_are_for_one_of_the_seven():
    votes = [{"sad": 6, "happy": 4}, {"sad": 5, "contempt": 5}, {"contempt": 8, "sad": 2}, {"sad": 5, "happy": 5}, None]
    rows = [row(name, votes=None if v is None else list(v.items())) for name, v in zip("abcde", votes, strict=True)]
    assert evidence(*rows).majority.tolist() == [SAD, -1, -1, -1, -1]


@pytest.mark.parametrize(
    ("scores", "flagged"),
    [
        pytest.param([1.0, 1.1, 1.2, 1.3, 9.0], "e", id="one far out"),
        pytest.param([1.0, 1.1, 1.2, 1.3, 1.4], "", id="none far out"),
        pytest.param([1.0, 1.1, 1.2, 1.3, -9.0], "", id="far below is not strange"),
        pytest.param([2.0, 2.0, 2.0, 2.0, 2.0], "", id="all equal"),
        pytest.param([], "", id="none at all"),
    ],
)
def test_outliers(scores, flagged):
    rows = [row(name, outlier=score) for name, score in zip("abcde", scores, strict=False)]
    found = suspects.outliers(evidence(*rows), CONFIG, Modality.FACES)
    assert [r["sample_id"] for r in found.to_pylist() if r["flagged"]] == [sample_id(name) for name in flagged]
    assert set(found["check"].to_pylist()) == ({"outlier"} if scores else set())


def test_no_sample_gives_an_empty_table():
    assert (evidence().probabilities.shape, issues().num_rows) == ((0, 7), 0)


def two(*p_sad):
    """Probabilities of happy and sad alone."""
    found = np.zeros((len(p_sad), 7))
    found[:, SAD] = p_sad
    found[:, HAPPY] = 1 - found[:, SAD]
    return found


def test_the_confident_joint_asks_for_what_an_emotion_has_among_its_own():
    labels = np.array([HAPPY, HAPPY, HAPPY, SAD, SAD, -1])
    probabilities = two(0.1, 0.2, 0.9, 0.8, 0.8, 0.5)  # happy has 0.6 among its own, sad 0.8
    assert confident_joint(probabilities, labels).tolist() == [HAPPY, HAPPY, SAD, SAD, SAD]
    assert confident_joint(two(0.45, 0.3, 0.3, 0.9), np.array([HAPPY, HAPPY, HAPPY, SAD])).tolist() == [
        -1,  # 0.55 of happy, which has 0.65 among its own
        HAPPY,
        HAPPY,
        SAD,
    ]


def test_the_noise_matrix_keeps_the_counts_of_the_labels():
    labels = np.array([HAPPY, HAPPY, HAPPY, HAPPY, SAD, NEUTRAL])
    likely = np.array([HAPPY, SAD, -1, -1, SAD, -1])
    found = noise_matrix(labels, likely)
    expected = np.zeros((7, 7))
    expected[HAPPY, [HAPPY, SAD]] = 2 / 6
    expected[SAD, SAD] = expected[NEUTRAL, NEUTRAL] = 1 / 6
    assert np.allclose(found, expected)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_roc_auc_is_the_share_of_pairs_in_order(rows):
    score = np.array([float(s) for s, _ in rows])
    wrong = np.array([w for _, w in rows], dtype=bool)
    pairs = [(a > b) + (a == b) / 2 for a in score[wrong] for b in score[~wrong]]
    assert suspects.roc_auc(score, wrong) == pytest.approx(np.mean(pairs) if pairs else 0.5)


def test_suggestions_count_the_flagged_alone():
    wrong, right = {"sad": 0.9, "happy": 0.1}, {"happy": 0.9, "sad": 0.1}
    found = issues(row("a", said=wrong), row("b", said=right))
    counts = suspects.suggestions(found)
    assert (counts[HAPPY][SAD], sum(map(sum, counts))) == (1, 1)
    assert pa.types.is_string(found.schema.field("suggested").type)
