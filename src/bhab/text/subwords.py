"""Pieces of words by SentencePiece (Kudo and Richardson 2018), the alternative to whole words.

The pieces are learned from the words of texts, parted by single spaces, with the special ids of `bhab.text.vocabulary`;
SPACE at the beginning of a piece stands for the space before a word. Nothing is normalised: `bhab.text.clean` did that.
"""

import io
from collections.abc import Callable, Iterable, Sequence

from bhab.errors import TableError
from bhab.text.vocabulary import END, PAD, SPACE, SPECIAL_WORDS, START, UNKNOWN, Vocabulary

MAX_BYTES = 1 << 16  # of one text: SentencePiece leaves longer ones out unless it is told

Pieces = Callable[[Sequence[str]], list[str]]  # the words of a text to its pieces


def train(texts: Iterable[Sequence[str]], size: int) -> bytes:
    """Return a SentencePiece model of at most `size` pieces of the words of `texts`; empty if there are no words."""
    import sentencepiece  # one stage and one command need it

    spoken = [" ".join(words) for words in texts if words]
    if not spoken:
        return b""
    letters = len(set("".join(spoken)) | {SPACE}) + len(SPECIAL_WORDS)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(spoken),
        model_writer=model,
        model_type="unigram",
        vocab_size=max(size, letters),  # less than one piece a letter is refused
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        character_coverage=1.0,
        max_sentence_length=MAX_BYTES,
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=END,
        pad_piece=SPECIAL_WORDS[PAD],
        unk_piece=SPECIAL_WORDS[UNKNOWN],
        bos_piece=SPECIAL_WORDS[START],
        eos_piece=SPECIAL_WORDS[END],
        num_threads=1,  # with more, the sums and so the bytes depend on the machine
        minloglevel=2,
    )
    return model.getvalue()


def load(model: bytes) -> tuple[Pieces, Vocabulary]:
    """Return what parts words into pieces, and the vocabulary of the pieces. Raises TableError for other bytes."""
    import sentencepiece

    if not model:
        return (lambda words: [SPACE + word for word in words]), Vocabulary(SPECIAL_WORDS)
    try:
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    except RuntimeError as error:
        raise TableError("not a SentencePiece model, expected the file that stage tokenize writes") from error

    def pieces(words: Sequence[str]) -> list[str]:
        return list(processor.encode(" ".join(words), out_type=str))

    return pieces, Vocabulary(tuple(processor.id_to_piece(number) for number in range(processor.get_piece_size())))
