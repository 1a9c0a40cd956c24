"""Recommenders: fast to fit, instant to answer, honest to measure, able to say why."""
