"""The data behind Personalize's datasets: imported in bulk, put one by one, exported, deleted.

`places` says where files lie, `records` holds what is put one by one; both are light enough for the
server. The rest runs in child processes: `importing` makes typed files of CSV, `frames` reads a
dataset back as one frame.
"""
