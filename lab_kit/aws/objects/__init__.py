"""S3: moto answers, the bytes lie in files, and what there is stands in the database.

`shelf` holds the files, for jobs too. `upload` reads a body from the wire into a file. `keys` makes
moto's objects hold such files instead of memory, `state` writes down what moto knows and tells it
again after a restart, and `s3` puts them together.
"""
