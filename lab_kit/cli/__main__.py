"""`python -m lab_kit.cli`, for a machine where the `lab-kit` script is not on the PATH."""

from lab_kit.cli import main

main()
