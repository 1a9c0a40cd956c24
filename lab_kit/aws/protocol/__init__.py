"""From an HTTP request to a method call and back, driven by botocore's model of the service.

Nothing here knows any operation. `models` loads the model, `validation` checks a request against
it, `output` cuts an answer to its shape, `paging` cuts lists, `service` puts them together, and
`wire` speaks the protocols.
"""
