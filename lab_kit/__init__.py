"""An AI/ML workshop that runs on a laptop: data, labs and the services behind them."""

__version__ = "0.1.0"
