"""Services that moto answers: S3 with files of ours (`aws.objects`), IAM and STS (`identity`).

moto is loaded when one of them is first called; `moto_door` makes it fit for a server that lasts.
"""
