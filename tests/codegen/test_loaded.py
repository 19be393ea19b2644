"""Generated code goes to other processes: functions, layers with what they keep, and operators."""

import pickle
import subprocess
import sys
from typing import Any

import numpy as np

from dimderiv import derive
from dimderiv.codegen.functions.loaded import GeneratedFunction

RUN = """
import pickle, sys
function, arguments = pickle.load(sys.stdin.buffer)
pickle.dump(function(*arguments), sys.stdout.buffer)
"""


def elsewhere(function: Any, *arguments: Any) -> Any:
    """What a function returns in a process that knows nothing of this one."""
    given = pickle.dumps((function, arguments))
    done = subprocess.run([sys.executable, "-c", RUN], input=given, capture_output=True, check=True)
    return pickle.loads(done.stdout)


def test_a_function_is_sent_to_another_process() -> None:
    """As its source, so the other process needs dimderiv alone."""
    made = derive("||X w - y||^2", "w", verify=False).function()
    arguments = np.ones((3, 2)), np.ones(2), np.zeros(3)

    assert isinstance(made, GeneratedFunction)
    np.testing.assert_array_equal(made(*arguments), elsewhere(made, *arguments))


def test_a_layer_is_sent_with_what_its_forward_pass_kept() -> None:
    """Its class is made again there, and is the same one here."""
    made = derive("tanh(X W + b)", "W,b", shapes="b: 1 x c", verify=False).function(layer=True)
    layer = made()
    value = layer.forward(np.ones((2, 3)), np.ones((3, 4)), np.zeros((1, 4)))
    again = pickle.loads(pickle.dumps(layer))

    assert type(layer) is type(again)
    expected, found = layer.backward(value), elsewhere(again.backward, value)
    np.testing.assert_array_equal(expected[0], found[0])
    np.testing.assert_array_equal(expected[1], found[1])


def test_an_operator_is_made_again_from_what_it_was_made_of() -> None:
    """It holds functions, which cannot be sent; arguments may be rows, and are sent as given."""
    found = derive("sum(softplus(X w) + b X w)", "w", shapes="b: 1 x m", order=2, verify=False)
    operator = found.function(form="operator")(np.eye(3, 2), np.ones(2), np.ones((1, 3)))

    direction = np.array([1.0, 2.0])
    np.testing.assert_array_equal(operator @ direction, elsewhere(operator.matvec, direction))
