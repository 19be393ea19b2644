"""Where a gradient vanishes: the equation is solved for the variable, in matrix notation."""

from dimderiv.stationarity.api import stationary
from dimderiv.stationarity.claimed import holds_at
from dimderiv.stationarity.open import Open
from dimderiv.stationarity.result import Stationary
from dimderiv.stationarity.tied import Demand, demands

__all__ = ["Demand", "Open", "Stationary", "demands", "holds_at", "stationary"]
