from fractions import Fraction

import pytest

from bhab.claims.printed import ENDLESS, as_printed, printed


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        pytest.param("3,607", 3607, 3607, id="a count stands for itself"),
        pytest.param("16785", 16785, 16785, id="a count without separators"),
        pytest.param("0.96", "0.955", "0.965", id="two decimals"),
        pytest.param(".9685", "0.96845", "0.96855", id="no digit before the point"),
        pytest.param("0.80", "0.795", "0.805", id="a last zero is a decimal too"),
        pytest.param("83.18 %", "0.83175", "0.83185", id="percent are shares"),
        pytest.param("58%", "0.575", "0.585", id="percent without decimals are rounded"),
        pytest.param("over 22,500", 22500, ENDLESS, id="a lower bound"),
    ],
)
def test_a_printed_figure_stands_for(text, low, high):
    figure = printed(text)
    assert (figure.text, figure.low, figure.high) == (text, Fraction(low), Fraction(high))


@pytest.mark.parametrize("text", ["", "-", "about 20", "1,23", "1.2.3", "nan", "0x10", "-3"])
def test_other_text_is_no_figure(text):
    with pytest.raises(ValueError, match="is no printed figure"):
        printed(text)


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [
        pytest.param(Fraction(2, 3), "0.96", "0.67", id="as many decimals"),
        pytest.param(Fraction(1, 8), "50 %", "12 %", id="percent"),
        pytest.param(Fraction(16705), "16,785", "16,705", id="a count"),
        pytest.param(Fraction(7, 2), "3", "3.50", id="a count that is none"),
    ],
)
def test_a_value_is_written_like_the_figure_beside_it(value, like, text):
    assert as_printed(value, printed(like)) == text
