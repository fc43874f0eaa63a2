"""When each cloud ends the support of each runtime. Dates, never a list of "old" names.

Today is an input of the question.

Sources, read in 2026: AWS Lambda developer guide "Lambda runtimes" (deprecation date); Google Cloud "Runtime support"
(deprecation date); Microsoft "Azure
Functions runtime versions overview" and "Language runtime support policy" (community end of life where Azure follows
it).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casemate.model.entity import Cloud

_LAMBDA: dict[str, str] = {
    "nodejs": "2016-10-31", "nodejs4.3": "2020-03-05", "nodejs4.3-edge": "2019-04-30", "nodejs6.10": "2019-08-12",
    "nodejs8.10": "2020-03-06",
    "nodejs10.x": "2021-07-30", "nodejs12.x": "2023-03-31", "nodejs14.x": "2023-12-04", "nodejs16.x": "2024-06-12",
    "nodejs18.x": "2025-09-01",
    "nodejs20.x": "2026-04-30", "nodejs22.x": "2027-04-30", "nodejs24.x": "2028-04-30",
    "python2.7": "2021-07-15", "python3.6": "2022-07-18", "python3.7": "2023-12-04", "python3.8": "2024-10-14",
    "python3.9": "2025-12-15",
    "python3.10": "2026-10-31", "python3.11": "2027-06-30", "python3.12": "2028-10-31", "python3.13": "2029-06-30",
    "python3.14": "2029-06-30",
    "java8": "2024-01-08", "java8.al2": "2027-06-30", "java11": "2027-06-30", "java17": "2027-06-30",
    "java21": "2029-06-30", "java25": "2029-06-30",
    "dotnetcore1.0": "2019-06-27", "dotnetcore2.0": "2019-05-30", "dotnetcore2.1": "2022-01-05",
    "dotnetcore3.1": "2023-04-03",
    "dotnet5.0": "2022-05-10", "dotnet6": "2024-12-20", "dotnet7": "2024-05-14", "dotnet8": "2026-11-10",
    "dotnet10": "2028-11-14",
    "go1.x": "2024-01-08", "ruby2.5": "2021-07-30", "ruby2.7": "2023-12-07", "ruby3.2": "2026-03-31",
    "ruby3.3": "2027-03-31", "ruby3.4": "2028-03-31",
    "provided": "2024-01-08", "provided.al2": "2026-07-31", "provided.al2023": "2029-06-30",
}  # fmt: skip
_GOOGLE: dict[str, str] = {
    "nodejs6": "2019-04-17", "nodejs8": "2020-06-05", "nodejs10": "2024-01-30", "nodejs12": "2024-01-30",
    "nodejs14": "2024-01-30",
    "nodejs16": "2024-01-30", "nodejs18": "2025-04-30", "nodejs20": "2026-04-30", "nodejs22": "2027-04-30",
    "nodejs24": "2028-04-30",
    "python37": "2024-01-30", "python38": "2024-10-14", "python39": "2025-10-05", "python310": "2026-10-04",
    "python311": "2027-10-24",
    "python312": "2028-10-02", "python313": "2029-10-10", "python314": "2030-10-10",
    "go111": "2024-01-30", "go113": "2024-01-30", "go116": "2024-01-30", "go118": "2024-01-30", "go119": "2024-04-30",
    "go120": "2024-05-01",
    "go121": "2024-08-13", "go122": "2025-02-11", "go123": "2025-08-12", "go124": "2026-02-11", "go125": "2026-08-12",
    "java11": "2024-10-31", "java17": "2027-10-01", "java21": "2031-09-01", "dotnet3": "2024-01-30",
    "dotnet6": "2024-11-12", "dotnet8": "2026-11-10",
    "ruby26": "2024-01-30", "ruby27": "2024-01-30", "ruby30": "2024-03-31", "ruby32": "2026-03-31",
    "ruby33": "2027-03-31",
    "php74": "2024-01-30", "php81": "2024-11-25", "php82": "2026-12-31", "php83": "2027-12-31",
}  # fmt: skip
_AZURE: dict[str, str] = {
    "node|6": "2019-04-30", "node|8": "2019-12-31", "node|10": "2022-09-30", "node|12": "2022-12-13",
    "node|14": "2023-04-30", "node|16": "2024-06-30",
    "node|18": "2025-04-30", "node|20": "2026-04-30", "node|22": "2027-04-30", "node|24": "2028-04-30",
    "python|2.7": "2020-01-01", "python|3.6": "2022-09-30", "python|3.7": "2023-06-27", "python|3.8": "2024-10-14",
    "python|3.9": "2025-10-31",
    "python|3.10": "2026-10-31", "python|3.11": "2027-10-31", "python|3.12": "2028-10-31", "python|3.13": "2029-10-31",
    "dotnet|2.1": "2021-08-21", "dotnet|3.0": "2022-12-13",
    "dotnet|3.1": "2022-12-13", "dotnet|5.0": "2022-05-08", "dotnet|6.0": "2024-11-12",
    "dotnet|7.0": "2024-05-14",
    "dotnet|8.0": "2026-11-10", "dotnet|9.0": "2026-11-10", "dotnet|10.0": "2028-11-14",
    "java|8": "2026-11-30", "java|11": "2027-09-30", "java|17": "2027-09-30", "java|21": "2028-09-30",
    "powershell|6": "2022-09-30", "powershell|7.0": "2022-12-03", "powershell|7.2": "2024-11-08",
    "powershell|7.4": "2026-11-10",
    "host|1": "2026-09-14", "host|2": "2022-12-13", "host|3": "2022-12-13",
}  # fmt: skip
_DOTNET = re.compile(r"^net(?:coreapp)?(\d+\.\d+)$")


def end_of_support(cloud: Cloud, runtime: str) -> date | None:
    """The day the cloud stops supporting a runtime, in the cloud's own spelling; None when the table does not know it.

    >>> end_of_support("aws", "nodejs6.10")
    datetime.date(2019, 8, 12)
    """
    table = {"aws": _LAMBDA, "google": _GOOGLE, "azure": _AZURE}.get(cloud, {})
    name = runtime.strip().lower()
    if cloud == "azure":
        name = _azure_name(name)
    text = table.get(name)
    return None if text is None else date.fromisoformat(text)


_FAMILY = re.compile(r"[a-z]+")
_NUMBERS = re.compile(r"\d+")
_AHEAD = timedelta(days=365)
"""A successor should last for some time."""


def successor(cloud: Cloud, runtime: str, today: date) -> str | None:
    """The oldest newer runtime of the same language that is supported for another year.

    It is spelled as in the table; None when there is none.

    >>> successor("aws", "nodejs12.x", date(2026, 1, 1))
    'nodejs22.x'
    """
    table = {"aws": _LAMBDA, "google": _GOOGLE}.get(cloud, {})
    name = runtime.strip().lower()
    if name not in table:
        return None
    lasting = [
        other
        for other, end in table.items()
        if _family(other) == _family(name)
        and _version(other) > _version(name)
        and date.fromisoformat(end) > today + _AHEAD
    ]
    return min(lasting, key=_version, default=None)


def _family(runtime: str) -> str:
    found = _FAMILY.match(runtime)
    return found[0].removesuffix("core") if found else runtime


def _version(runtime: str) -> tuple[int, ...]:
    """Numbers of a name, comparable: Google writes Python 3.12 as `python312`, and Go and PHP likewise."""
    numbers = [int(number) for number in _NUMBERS.findall(runtime)]
    if _family(runtime) in {"python", "go", "php", "ruby"} and len(numbers) == 1:
        digits = str(numbers[0])
        numbers = [int(digits[0]), int(digits[1:] or 0)]
    return tuple(numbers)


def _azure_name(name: str) -> str:
    """`NODE|14-lts`, `dotnet-isolated|v6.0`, `~3`, `netcoreapp3.1` in the spelling of the table."""
    if name.startswith(("~", "v")) and name.strip("~v")[:1].isdigit():
        return f"host|{name.strip('~v').split('.')[0]}"
    framework = _DOTNET.match(name)
    if framework:
        return f"dotnet|{framework[1]}"
    language, bar, version = name.partition("|")
    if not bar:
        return name
    language = {"dotnet-isolated": "dotnet", "dotnetcore": "dotnet"}.get(language, language)
    version = re.sub(r"[-_]?lts$", "", version.lstrip("v~"))
    if language == "node":
        version = version.split(".")[0]
    elif language == "dotnet" and "." not in version:
        version = f"{version}.0"
    return f"{language}|{version}"
