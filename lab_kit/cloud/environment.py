"""The environment variables that turn AWS's own clients to the local cloud.

They reach boto3, the aws command line, s3fs, polars, pyarrow and every other program that a process
starts. A private profile, named `default`, stands in for the user's own.

Sources: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html and, for proxies,
https://curl.se/libcurl/c/CURLOPT_NOPROXY.html.
"""

import json
import os
from collections.abc import Mapping, MutableMapping

from lab_kit.aws.account import REGION
from lab_kit.cloud.home import Home
from lab_kit.cloud.launch import Endpoint

GUARD = "lab_kit.cloud.leaks"
"""The module that keeps a client's calls on this machine."""
BEFORE = "LAB_KIT_CLOUD_BEFORE"
"""Holds what the variables were before, so that `target="aws"` can give them back."""
_LOCAL = "127.0.0.1,localhost"
_UNSET = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)
"""Would lead a client elsewhere, or to other credentials."""


def variables(home: Home, endpoint: Endpoint, now: Mapping[str, str]) -> dict[str, str | None]:
    """The variables to set, and those to unset, which are None.

    Args:
        home: The folder of the local cloud.
        endpoint: Its server.
        now: The environment as it is.
    """
    changes: dict[str, str | None] = dict.fromkeys(_UNSET)
    changes |= {name: None for name in now if name.startswith("AWS_ENDPOINT_URL_")}
    region = now.get("AWS_DEFAULT_REGION") or now.get("AWS_REGION") or REGION
    no_proxy = now.get("NO_PROXY") or now.get("no_proxy") or ""
    if _LOCAL not in no_proxy:
        no_proxy = f"{no_proxy},{_LOCAL}".strip(",")
    return changes | {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.keys.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.keys.secret_key,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": str(home.config),
        "AWS_SHARED_CREDENTIALS_FILE": str(home.credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # 123456789012.127.0.0.1 is no address
        "AWS_ALLOW_HTTP": "true",  # object_store, under polars, refuses http otherwise
        "BOTOCORE_EXPERIMENTAL__PLUGINS": f"lab_kit={GUARD}",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def enter(home: Home, endpoint: Endpoint, environment: MutableMapping[str, str]) -> None:
    """Turn a process, and what it starts from now on, to the local cloud."""
    write_profile(home, endpoint)
    changes = variables(home, endpoint, environment)
    if BEFORE not in environment:
        before = {name: environment.get(name) for name in changes}
        environment[BEFORE] = json.dumps(before)
    _apply(changes, environment)


def leave(environment: MutableMapping[str, str]) -> bool:
    """Give a process its own environment back; says whether it had been turned."""
    before = environment.pop(BEFORE, None)
    if before is None:
        return False
    _apply(json.loads(before), environment)
    return True


def write_profile(home: Home, endpoint: Endpoint) -> None:
    """Write the private profile, for programs that read files rather than variables."""
    home.config.parent.mkdir(parents=True, exist_ok=True)
    _write(home.config, f"[default]\nregion = {REGION}\nendpoint_url = {endpoint.url}\n")
    keys = endpoint.keys
    _write(
        home.credentials,
        f"[default]\naws_access_key_id = {keys.access_key}\n"
        f"aws_secret_access_key = {keys.secret_key}\n",
    )


def _write(path: os.PathLike[str], text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _apply(changes: Mapping[str, str | None], environment: MutableMapping[str, str]) -> None:
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
