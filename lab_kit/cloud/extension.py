"""The Jupyter server extension: kernels, terminals and `!aws` work with the local cloud at once.

The wheel enables it (etc/jupyter/jupyter_server_config.d/lab_kit.json). Where the local cloud
cannot be started, Jupyter starts all the same and says why. LAB_KIT_CLOUD=off leaves boto3 alone.
"""

import os
from typing import Any

from lab_kit.errors import LabKitError

SWITCH = "LAB_KIT_CLOUD"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "lab_kit.cloud.extension"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from lab_kit.cloud import environment, launch
    from lab_kit.cloud.home import Home

    if os.environ.get(SWITCH) == "off":
        server.log.info(f"lab_kit: {SWITCH}=off, boto3 is left alone")
        return
    home = Home()
    try:
        endpoint = launch.ensure(home)
    except LabKitError as error:
        server.log.warning(f"lab_kit: the local cloud is not there. {error}")
        return
    environment.enter(home, endpoint, os.environ)
    server.log.info(f"lab_kit: boto3, aws and s3:// use the local cloud at {endpoint.url}")
