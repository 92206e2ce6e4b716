"""What templates may ask of a time (`now`, `toDate`): the methods of Go's time.Time that charts use."""

from datetime import UTC, datetime
from typing import Any

from isomorph.syntax.gotemplate.data import Integer, Long, Methods


class Moment(Methods):
    """A time's methods, under their names in Go."""

    callable_names = frozenset(
        ("Unix", "UnixMilli", "UnixNano", "Year", "Month", "Day", "Hour", "Minute", "Second", "YearDay", "Weekday")
    ) | {"Format", "UTC", "String", "IsZero"}

    def __init__(self, time: datetime) -> None:
        self.time = time

    def Unix(self) -> Long:
        return Long((self.time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1)

    def UnixMilli(self) -> Long:
        return Long(self.UnixNano() // 1_000_000)

    def UnixNano(self) -> Long:
        return Long(self.Unix() * 1_000_000_000 + self.time.microsecond * 1000)

    def Year(self) -> Integer:
        return Integer(self.time.year)

    def Month(self) -> str:
        return f"{self.time:%B}"

    def Day(self) -> Integer:
        return Integer(self.time.day)

    def Hour(self) -> Integer:
        return Integer(self.time.hour)

    def Minute(self) -> Integer:
        return Integer(self.time.minute)

    def Second(self) -> Integer:
        return Integer(self.time.second)

    def YearDay(self) -> Integer:
        return Integer(self.time.timetuple().tm_yday)

    def Weekday(self) -> str:
        return f"{self.time:%A}"

    def IsZero(self) -> bool:
        return self.time == datetime(1, 1, 1, tzinfo=UTC)

    def Format(self, layout: str) -> Any:
        from gotpl.funcs.sprig.dates import _datetime_nanosecond, _go_time_from_datetime

        return _go_time_from_datetime(self.time, _datetime_nanosecond(self.time)).format(layout)

    def UTC(self) -> datetime:
        return self.time.astimezone(UTC)

    def String(self) -> str:
        from isomorph.syntax.gotemplate.printing import print_time

        return print_time(self.time)
