"""Stage `evaluate_feedback`: the feedback model and held-out texts -> metrics, sentences, curves."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bhab.config import EvaluateConfig, TrainFeedbackConfig, load_params
from bhab.errors import TableError
from bhab.fairness.intervals import bootstrap
from bhab.models import Feedback
from bhab.quality.results import rows_sha256
from bhab.schema import HISTORY, SPLITS, TOKENISED, Split
from bhab.stage import run_stage
from bhab.store import read_table, take_ids, whole_folder, write_json, write_svg
from bhab.text.vocabulary import Vocabulary, load
from bhab.training.checkpoint import HISTORY_FILE, Card, load_feedback
from bhab.training.feedback import Guesses, ask
from bhab.training.figures import curves_figure
from bhab.training.generate import sentence
from bhab.training.lexicon import Lexicon, lexicon
from bhab.training.talk import distinct_2, memorised_share, talk
from bhab.training.texts import emotions_of, labelled, sentences, tokens_of
from bhab.training.twice import ask_texts_twice

NOTHING_SAID: dict[str, object] = {"distinct_2": None, "memorised_share": None, "sentences": {}}


@dataclass(frozen=True, slots=True)
class Judge:
    """A model of feedback and what it is shown beside the emotion."""

    model: Feedback
    lexicon: Lexicon
    keywords: int

    def ask(self, rows: pa.Table) -> Guesses | None:
        """Return its guesses of the texts in `rows`, None without any."""
        return ask(self.model, sentences(rows, self.lexicon, self.keywords)) if len(rows) else None

    def ask_twice(self, rows: pa.Table) -> dict[str, object]:
        """Return what came of asking about `rows` twice."""
        return asdict(ask_texts_twice(self.model, sentences(rows, self.lexicon, self.keywords)))


def evaluate_feedback(
    card: Card, model: Feedback | None, texts: pa.Table, vocabulary: Vocabulary, config: EvaluateConfig
) -> dict[str, object]:
    """Return how well `model` guesses the next word of the test texts, and what it says for each emotion.

    `texts` are TOKENISED with one more column, `leaked`. Raises TableError if `vocabulary` is not the one the model was
    trained with. `split` and `rows_sha256` say which texts were asked, `eval_mode` what came of asking twice.
    """
    facts = {"n_parameters": card.n_parameters, "epochs": card.epochs, "trained_on": card.trained_on, "why": card.why}
    if model is None:
        return facts | _scores(None, labelled(texts.slice(0, 0), Split.TEST), config) | NOTHING_SAID
    if vocabulary.digest() != card.input["vocabulary_sha256"]:
        raise TableError(
            f"the vocabulary of {len(vocabulary)} words is not the one that model {card.model} was trained with"
        )
    train_rows = labelled(texts, Split.TRAIN)
    keywords = TrainFeedbackConfig.model_validate(card.params).keywords
    known = lexicon(tokens_of(train_rows), emotions_of(train_rows), len(vocabulary))
    spoken = talk(model, train_rows, known, keywords, config.sentences)
    judge = Judge(model, known, keywords)
    return (
        facts
        | _scores(judge, labelled(texts, Split.TEST), config)
        | {
            "distinct_2": distinct_2(spoken),
            "memorised_share": memorised_share(spoken, train_rows),
            "sentences": {
                emotion: [sentence(vocabulary.decode(ids)) for ids in said] for emotion, said in spoken.items()
            },
        }
    )


def _scores(judge: Judge | None, rows: pa.Table, config: EvaluateConfig) -> dict[str, object]:
    """Return the figures of `rows`, test texts, with and without those that share a person or content with training."""
    clean = rows.filter(pc.invert(rows["leaked"]))
    return _score(judge.ask(rows) if judge else None, config) | {
        "without_leaked": _score(judge.ask(clean), config) if judge and len(clean) < len(rows) else None,
        "split": Split.TEST,
        "rows_sha256": rows_sha256(rows["sample_id"].to_pylist()),
        "eval_mode": judge.ask_twice(rows) if judge else None,
    }


def _score(guesses: Guesses | None, config: EvaluateConfig) -> dict[str, object]:
    """Return n, accuracy, perplexity. The interval is a bootstrap over sentences: words of one are not independent."""
    if guesses is None:
        return {"n": 0, "next_token_accuracy": None, "perplexity": None}
    accuracy = bootstrap(
        lambda rows: float(guesses.hits[rows].sum() / guesses.asked[rows].sum()),
        len(guesses.hits),
        resamples=config.resamples,
        rng=np.random.default_rng(config.seed),
    )
    return {"n": accuracy.n, "next_token_accuracy": asdict(accuracy), "perplexity": math.exp(guesses.loss)}


def main(argv: Sequence[str] | None = None) -> None:
    """Read, call, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="folder of splits.parquet")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    args = parser.parse_args(argv)
    card, model = load_feedback(args.model)
    texts = read_table(args.texts, TOKENISED)
    splits = take_ids(read_table(args.splits / "splits.parquet", SPLITS), texts["sample_id"].to_pylist())
    metrics = evaluate_feedback(
        card,
        model,
        texts.append_column("leaked", splits["leaked"]),
        load(args.vocabulary),
        load_params(args.params).evaluate,
    )
    with whole_folder(args.figures) as figures:
        write_svg(curves_figure(read_table(args.model / HISTORY_FILE, HISTORY)), figures / "curves.svg")
    write_json(metrics, args.metrics)


if __name__ == "__main__":
    run_stage(main)
