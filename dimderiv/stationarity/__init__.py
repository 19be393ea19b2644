"""Where a gradient vanishes: the equation is solved for the variable, in matrix notation."""

from dimderiv.stationarity.api import stationary
from dimderiv.stationarity.open import Open
from dimderiv.stationarity.result import Stationary

__all__ = ["Open", "Stationary", "stationary"]
