"""Terms that more than one public data set comes under, in plain words."""

CC_BY_4 = """\
"{title}" by {by}, UCI Machine Learning Repository, {doi},
comes under the Creative Commons Attribution 4.0 International licence:
- You may copy, share and adapt it for any purpose, also commercially.
- You must name its author and source, link the licence, and say what you changed.
- It comes without any warranty.
The full text: https://creativecommons.org/licenses/by/4.0/legalcode"""
