"""Where a gradient vanishes: the equation is solved for the variable, in matrix notation."""

from dimderiv.stationarity.api import stationary
from dimderiv.stationarity.claimed import vanishing_at
from dimderiv.stationarity.open import Open
from dimderiv.stationarity.result import Stationary
from dimderiv.stationarity.writing import written_gradients

__all__ = ["Open", "Stationary", "stationary", "vanishing_at", "written_gradients"]
