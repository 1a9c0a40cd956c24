"""Single records: events, items, users and actions, put one by one.

`service` holds requests against the rules, `properties` reads what stands in them as JSON. Records
are kept by `storage.records`; whoever answers or trains reads them there.
"""
