"""A published work compared with itself: its tables, figures printed twice, curves, label maps, models."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from bhab.claims.audit import Audit, Curve, LabelMap, Model, Quantity, Table
from bhab.claims.findings import Compared
from bhab.claims.matrices import confusion_checks
from bhab.claims.naming import Naming
from bhab.claims.permutation import by_diagonal, by_supports
from bhab.claims.printed import Printed
from bhab.claims.references import REFERENCES
from bhab.claims.tables import table_checks

RECURRENT = ("rnn", "lstm", "gru", "recurrent")  # in the name of a layer
OFF = "off"
PICKLES = ("pickle", "joblib", "dill", "torch.save")  # formats whose loading runs code


def compare(audit: Audit) -> list[Compared]:
    """Return every comparison that the audit allows, in its order."""
    return list(
        chain(
            *(chain(table_checks(t), confusion_checks(t), _predicted(t)) for t in audit.tables),
            *map(_quantity, audit.quantities),
            *map(_curve, audit.curves),
            *map(_label_map, audit.label_maps),
            *map(_model, audit.models),
        )
    )


def _quantity(quantity: Quantity) -> Iterator[Compared]:
    first = quantity.printed[0]
    for mention in quantity.printed[1:]:
        agrees = mention.value.meets((first.value.low, first.value.high))
        name = f"{first.where} and {mention.where}"
        yield Compared("same_quantity", quantity.what, name, first.value.text, mention.value.text, agrees)


def _curve(curve: Curve) -> Iterator[Compared]:
    end = curve.points[-1]
    agrees = curve.printed.meets((end.low, end.high))
    yield Compared("curve_end", curve.where, "last point", curve.printed.text, end.text, agrees)


def _predicted(table: Table) -> Iterator[Compared]:
    if table.confusion:
        naming = by_diagonal(list(table.confusion), list(table.confusion.values()))
        yield from _named(naming, table.where, {name: f"predictions named {name}" for name in table.confusion})


def _label_map(labels: LabelMap) -> Iterator[Compared]:
    naming = by_supports(labels.supports, REFERENCES[labels.reference])
    yield from _named(naming, labels.where, {name: f"the row of {n:,}" for name, n in labels.supports.items()})


def _named(naming: Naming, where: str, rows: Mapping[str, str]) -> Iterator[Compared]:
    """Yield each name of a label map beside what it stands for; `rows` says what carries the name."""
    comparable = naming.verdict != "unlike"
    for name, what in rows.items():
        found, certain = naming.found[name], not naming.moved or name in naming.moved
        agrees = not (comparable and certain and found != name)
        doubt = " (not certain)" if name in naming.unsure else ""
        yield Compared("label_map", where, what, name, f"{found}{doubt}", agrees)


def _model(model: Model) -> Iterator[Compared]:
    def one(check: str, name: str, printed: str, found: str, *, agrees: bool) -> Compared:
        return Compared(check, model.where, name, printed, found, agrees)

    if model.held_out is not None:
        found = "some" if model.held_out else "none"
        yield one("no_held_out_data", "held-out data", "some", found, agrees=model.held_out)
    trained = [r.value for r in model.results if r.computed_on == "training" and r.value is not None]
    for result in model.results:
        value = result.value.text if result.value else "as recorded"
        rows = f"{value} on {result.computed_on} rows"
        yield one("training_accuracy", result.what, "on rows held out", rows, agrees=result.computed_on != "training")
        if result.computed_on != "training":
            equal = result.equals_training or _meets_any(result.value, trained)
            sound = not (result.merged and equal)
            found = f"equal to it, {value}"
            yield one("validation_is_training", result.what, "below training accuracy", found, agrees=sound)
    if model.layers and model.recurrent:
        found = ", ".join(model.layers)
        recurrent = any(word in found.lower() for word in RECURRENT)
        yield one("no_recurrent_layer", "layers", model.described_as, found, agrees=recurrent)
    if model.dropout_at_evaluation is not None:
        on = model.dropout_at_evaluation
        yield one("dropout_at_evaluation", "dropout at evaluation", OFF, on, agrees=on == OFF)
    for name, form in model.artefacts.items():
        pickled = any(word in form.lower() for word in PICKLES)
        yield one("pickled", name, "a format without code", form, agrees=not pickled)


def _meets_any(value: Printed | None, others: Sequence[Printed]) -> bool:
    return value is not None and any(value.meets((other.low, other.high)) for other in others)
