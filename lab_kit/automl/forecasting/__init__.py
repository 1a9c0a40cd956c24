"""Forecasts of one series, or of one for each item."""

from lab_kit.automl.forecasting.forecast import Forecast as Forecast
