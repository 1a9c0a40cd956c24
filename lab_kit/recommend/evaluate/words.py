"""Figures as tables and sentences write them."""


def shown(value: float) -> str:
    """Four digits after the point below 1, two above."""
    return f"{value:.4f}" if abs(value) < 1 else f"{value:,.2f}"


def between(low: float, high: float) -> str:
    """An interval; nothing where there is none."""
    return "" if low != low or high != high else f"{shown(low)} to {shown(high)}"
