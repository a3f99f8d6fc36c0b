"""The pools every actor draws from: addresses, agent strings, SAS parameters.

Invariant 1: nothing in this module knows who asks.  An intruder's address,
agent, or SAS parameter comes out of the same function, with the same odds, as
an administrator's or a partner's.
"""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import dataclass

# 198.18.0.0/15 is set aside for tests, so no line here accuses a real network.
PREFIXES = tuple(f"198.{18 + n % 2}.{n // 2 + 40}" for n in range(160))
STORAGE_PREFIXES = ("20.60.128", "20.150.36", "52.239.140", "52.239.170")
PLATFORM_PREFIXES = ("20.42.73", "20.189.173", "40.79.154", "20.10.127", "52.182.143")
AZURE_HOST_PREFIXES = ("20.86.14", "20.103.201", "51.124.77", "51.138.9", "20.76.230")

FIRST_NAMES = ("Amira", "Bence", "Carla", "Dario", "Elif", "Farid", "Greta", "Hanna",
               "Ivo", "Jonas", "Katja", "Lars", "Mila", "Nuno", "Olga", "Pavel")
LAST_NAMES = ("Abel", "Brandt", "Costa", "Dahl", "Erdem", "Fuchs", "Gruber", "Holm",
              "Ivanov", "Jansen", "Keller", "Lindt", "Moreau", "Novak", "Orsi", "Pohl")

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
CLI = (
    "AZURECLI/2.34.1 (MSI) azsdk-python-storage-blob/12.9.0 Python/3.8.9 (Windows-10-10.0.19041-SP0)",
    "AZURECLI/2.61.0 (DEB) azsdk-python-storage-blob/12.16.0 Python/3.11.8 (Linux-6.5.0-1022-azure-x86_64-with-glibc2.35)",
    "AZURECLI/2.62.0 (HOMEBREW) azsdk-python-storage-blob/12.16.0 Python/3.11.9 (macOS-14.5-arm64-arm-64bit)",
    "Azure-Storage/2.1.0-2.1.0 (Python CPython 3.8.9; Windows 10) AZURECLI/2.34.1 (MSI)",
)
APPLICATIONS = (
    "azsdk-net-Storage.Blobs/12.16.0 (.NET 6.0.25; Linux 5.15.131.1-2.cm2 #1 SMP)",
    "azsdk-net-Storage.Blobs/12.19.1 (.NET 8.0.4; Microsoft Windows 10.0.20348)",
    "azsdk-java-storage-blob/12.25.1 (17.0.10; Linux; 5.15.0-1061-azure)",
    "azsdk-python-storage-blob/12.19.0 Python/3.11.2 (Linux-6.1.0-18-cloud-amd64-x86_64-with-glibc2.36)",
    "Azure-Storage/9.3.2 (.NET CLR 4.0.30319.42000; Win32NT 10.0.17763.0)",
    "WA-Storage/4.0.1 (.NET CLR 4.0.30319.42000; Win32NT 10.0.14393.0)",
)
AZCOPY = (
    "AzCopy/10.18.1 azsdk-go-azblob/v1.0.0 (go1.19.3; linux)",
    "AzCopy/10.24.0 azsdk-go-azblob/v1.3.0 (go1.19.12; linux)",
    "AzCopy/10.32.6 azsdk-go-azblob/v1.6.1 (go1.24.4; linux)",
)
HADOOP = ("APN/2.0 Azure Blob FS/3.3 (PrivateBuild JavaJRE 1.8.0_392; Linux 5.15.0-1056-azure"
          "/amd64; openssl-1.0; UNKNOWN/UNKNOWN) Databricks/13.3")
SCRIPTS = ("python-requests/2.31.0", "curl/8.4.0", "rclone/v1.66.0")
VERSIONS = ("2020-10-02", "2021-06-08", "2021-12-02", "2022-11-02", "2023-11-03")
SAS_PERMISSIONS = ("rl", "rl", "rwl")


@dataclass(frozen=True)
class Desktop:
    """One release of the desktop browser: its two agent strings, API version, and the SAS it makes."""

    browse: str
    copy: str
    version: str
    permissions: str


def _desktop(release: str, platform: str, system: str, node: str, sdk: str,
             azcopy: str, go: str, version: str) -> Desktop:
    goos = {"win32": "Windows_NT", "linux": "linux", "darwin": "darwin"}[platform]
    return Desktop(
        f"Microsoft Azure Storage Explorer, {release}, {platform} azsdk-js-storageblob/{sdk} "
        f"(NODE-VERSION {node}; {system})",
        f"Microsoft Azure Storage Explorer, {release}, {platform}, azcopy-node, 2.0.0, {platform},"
        f"  AzCopy/{azcopy} Azure-Storage/0.15 ({go}; {goos})", version,
        "rwl" if version < "2021" else "rl")


DESKTOPS = (
    _desktop("1.20.1", "win32", "Windows_NT 10.0.22000", "v12.16.3", "12.3.1", "10.11.0", "go1.15", "2020-10-02"),
    _desktop("1.29.2", "win32", "Windows_NT 10.0.19045", "v16.14.2", "12.12.0", "10.18.1", "go1.19.3", "2021-12-02"),
    _desktop("1.32.1", "darwin", "Darwin 22.6.0", "v18.15.0", "12.14.0", "10.21.0", "go1.19.12", "2021-12-02"),
    _desktop("1.34.0", "linux", "Linux 6.5.0-41-generic", "v18.18.2", "12.17.0", "10.24.0", "go1.19.12", "2022-11-02"),
)

# Application ids a token is issued to; the portal, the CLI, PowerShell, and the desktop browser.
APP_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
APP_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
APP_POWERSHELL = "1950a258-227b-4e31-a9cf-717495945fc2"
APP_DESKTOP = "872cd9fa-d31f-45e0-9eab-6e460a02d1f1"


def address(rng: random.Random, prefixes: tuple[str, ...] = PREFIXES) -> str:
    """Return an address out of ${prefixes}; by default any network outside."""
    return f"{rng.choice(prefixes)}.{rng.randint(2, 253)}"


def guid(rng: random.Random) -> str:
    """Return a version 4 GUID in lower case."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def port(rng: random.Random) -> int:
    """Return an ephemeral port."""
    return rng.randint(32768, 65000)


def secret_text(rng: random.Random, size: int) -> str:
    """Return ${size} bytes in base64, as keys and signatures are written."""
    return base64.b64encode(rng.getrandbits(size * 8).to_bytes(size, "big")).decode()


def sha256_upper(value: str) -> str:
    """Return the SHA-256 of ${value} in upper-case hexadecimal, as the logs print it."""
    return hashlib.sha256(value.encode()).hexdigest().upper()
