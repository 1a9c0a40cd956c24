"""Personalize's filter expressions: read, checked against schemas, evaluated over arrays.

    from lab_kit.personalize.filters.parser import parse

    parse('INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) | EXCLUDE ItemID WHERE Items.PRICE > 9')

`tokens` and `parser` read the text, `rules` holds it against the schemas of a dataset group,
`values` reads what a request gives for parameters, and `evaluate` answers with a mask over the rows
of a `columns.Table`.

Source: https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html. What it leaves
open is decided so: AND binds closer than OR; `NOT IN` and `!=` hold exactly where `IN` and `=` do
not, so also where a value is missing; the event types of a user with an item are like a field of
the item with several values, so `NOT IN ("Purchase")` means items never purchased.
"""
