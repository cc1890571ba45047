"""Work in several processes gives what it gives in one."""

import os

import pytest

from bhab.training.processes import side_by_side


def whole(part, by):
    return part // by


@pytest.mark.parametrize("processes", [1, 2, 5])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_results_come_in_the_order_of_the_calls(n, processes):
    calls = [(10 * i, 2) for i in range(n)]
    assert list(side_by_side(whole, calls, processes)) == [5 * i for i in range(n)]


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_a_call_is_raised(processes):
    with pytest.raises(ZeroDivisionError):
        list(side_by_side(whole, [(1, 1), (1, 0)], processes))


def test_several_calls_leave_this_process():
    found = list(side_by_side(os.getpid, [(), ()], 2))
    assert len(found) == 2
    assert os.getpid() not in found
