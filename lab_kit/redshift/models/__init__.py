"""Models: what CREATE MODEL asks for, trains, registers and shows.

`model` is one model, `catalogue` remembers them, `asked` checks what was asked for, `work` trains
in a process of its own, `calls` lets SQL call the functions, `show` tells about them.
"""
