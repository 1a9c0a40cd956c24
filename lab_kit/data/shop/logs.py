"""The two event logs: the app's in epoch milliseconds, the web shop's in local time as text.

What is wrong with them, and how often:

========================  =====================================================================
app and web               1 % of the rows without user and session: nobody can bring them back
app and web               1.2 % sent again by the client: an exact copy
app and web               0.8 % logged again 1 or 2 seconds later: only the time differs
app and web               0.5 % with a misspelt event
app                       4 % of the user ids in lower case, 3 % with blanks around them;
                          2 % of the item ids in lower case
web                       user ids as bare numbers, item ids as "I-42"
web, February             a byte-order mark
web, March                day first: "31/03/2026 23:59:59", and a few times nobody can read
web, May                  Korean words for the events, encoded in cp949
========================  =====================================================================

A file holds one month by the calendar of Seoul.
"""

import numpy as np
import pandas as pd

from lab_kit.data.shop.raw import RawFile, Record, hit, one_of, texts
from lab_kit.data.shop.streams import stream

EVENT_WORDS = {
    "view": "View", "add_to_cart": "AddToCart", "purchase": "Purchase", "rating": "Rating",
    "page_view": "View", "cart": "AddToCart", "order": "Purchase", "review": "Rating",
    "조회": "View", "장바구니": "AddToCart", "구매": "Purchase", "평가": "Rating",
}  # fmt: skip
"""The events as the logs spell them where they spell them right."""
MISSPELT_EVENTS = {
    "veiw": "View", "add_to_crat": "AddToCart", "purchse": "Purchase", "raitng": "Rating",
    "page_veiw": "View", "crat": "AddToCart", "ordr": "Purchase", "reveiw": "Rating",
    "조희": "View", "장바구나": "AddToCart", "구메": "Purchase", "펑가": "Rating",
}  # fmt: skip
EVENTS = ("View", "AddToCart", "Purchase", "Rating")
APP_WORDS, WEB_WORDS, KOREAN_WORDS = (tuple(EVENT_WORDS)[start : start + 4] for start in (0, 4, 8))

LOST, RETRIED, RESENT, MISSPELT = 0.01, 0.012, 0.008, 0.005
LOWER_USER, BLANK_USER, LOWER_ITEM = 0.04, 0.03, 0.02
UNREADABLE_TIMES = (
    "31/02/2026 10:00:00", "00/03/2026 00:00:00", "??/03/2026 12:30:00", "2026",
    "14/13/2026 09:15:00", "03/2026", "25:61", "어제", "32/03/2026 08:00:00", "NULL",
    "12/03/2026 24:61:00", "1/3",
)  # fmt: skip
BOM_MONTH, DAY_FIRST_MONTH, KOREAN_MONTH = 2, 3, 5


def make_logs(interactions: pd.DataFrame, seed: int, record: Record) -> list[RawFile]:
    """The raw logs of clean interactions, a file a channel and month."""
    local = interactions["timestamp"].dt.tz_convert("Asia/Seoul")
    month = local.dt.strftime("%Y-%m")
    files = []
    for channel in ("app", "web"):
        of_channel = (interactions["channel"] == channel).to_numpy()
        for name in sorted(month[of_channel].unique()):
            rows = interactions[of_channel & (month == name).to_numpy()].reset_index(drop=True)
            rng = stream(seed, "logs", channel, name)
            files.append(_Log(rng, rows, channel, name, record).file())
    return files


class _Log:
    """One month of one channel."""

    def __init__(
        self,
        rng: np.random.Generator,
        events: pd.DataFrame,
        channel: str,
        month: str,
        record: Record,
    ) -> None:
        self.rng, self.channel, self.record = rng, channel, record
        self.events = events
        self.misspelt = np.zeros(len(events), dtype=bool)  # drawn with the words
        self.month = int(month[-2:])
        self.name = f"{channel}_{month}.csv.gz"

    def file(self) -> RawFile:
        count = len(self.events)
        lost = hit(self.rng, LOST, count)
        unreadable = self._unreadable_times(lost)
        frame = self._columns()
        user, session = frame.columns[0], frame.columns[4]
        frame.loc[lost, [user, session]] = ""
        for row, text in unreadable.items():
            frame.loc[row, frame.columns[2]] = text
        order, kinds = self._with_copies(lost | np.isin(np.arange(count), list(unreadable)))
        delay = np.where(kinds == "resent", self.rng.integers(1, 3, len(order)), 0)
        frame = frame.iloc[order].reset_index(drop=True)
        later = np.flatnonzero(delay)
        moments = self.events["timestamp"].iloc[order[later]] + pd.to_timedelta(
            delay[later], unit="s"
        )
        frame.loc[later, frame.columns[2]] = self._times(moments)
        self._note(order, kinds, lost, unreadable)
        return RawFile(self.channel, self.name, frame, self._encoding())

    def _encoding(self) -> str:
        if self.channel == "web" and self.month == BOM_MONTH:
            return "utf-8-sig"
        return "cp949" if self.channel == "web" and self.month == KOREAN_MONTH else "utf-8"

    def _unreadable_times(self, lost: np.ndarray) -> dict[int, str]:
        if self.channel != "web" or self.month != DAY_FIRST_MONTH:
            return {}
        rows = self.rng.permutation(np.flatnonzero(~lost))[: len(UNREADABLE_TIMES)]
        return dict(zip(rows.tolist(), UNREADABLE_TIMES, strict=False))

    def _columns(self) -> pd.DataFrame:
        """The rows without copies, in the columns of the channel."""
        events = self.events
        user, item = texts(events["user_id"]), texts(events["item_id"])
        time = self._times(events["timestamp"])
        session = texts(events["session_id"])
        value = [f"{v:.0f}" if v == v else "" for v in events["event_value"].tolist()]
        if self.channel == "app":
            return pd.DataFrame(
                {
                    "userId": self._styled_users(user),
                    "itemId": self._styled_items(item),
                    "ts": time,
                    "action": self._words(),
                    "sessionId": session,
                    "deviceType": texts(events["device"]),
                    "eventValue": value,
                }
            )
        return pd.DataFrame(
            {
                "member_no": [str(int(text[1:])) for text in user],
                "product_code": [f"I-{int(text[1:])}" for text in item],
                "event_time": time,
                "event": self._words(),
                "session": session,
                "value": value,
            }
        )

    def _times(self, moments: pd.Series) -> np.ndarray:
        if self.channel == "app":
            utc = moments.dt.tz_localize(None).astype("datetime64[ms]").to_numpy()
            return texts(utc.view("int64"))
        style = "%d/%m/%Y %H:%M:%S" if self.month == DAY_FIRST_MONTH else "%Y-%m-%d %H:%M:%S"
        return texts(moments.dt.tz_convert("Asia/Seoul").dt.strftime(style))

    def _words(self) -> np.ndarray:
        words = WEB_WORDS if self.channel == "web" else APP_WORDS
        if self._encoding() == "cp949":
            words = KOREAN_WORDS
        kind = self.events["event_type"].map({name: i for i, name in enumerate(EVENTS)}).to_numpy()
        first = tuple(EVENT_WORDS).index(words[0])
        wrong = tuple(MISSPELT_EVENTS)[first : first + 4]
        self.misspelt = hit(self.rng, MISSPELT, len(kind))
        return np.where(
            self.misspelt, np.array(wrong, dtype=object)[kind], np.array(words, dtype=object)[kind]
        )

    def _styled_users(self, user: np.ndarray) -> np.ndarray:
        style = self.rng.random(len(user))
        lower = style < LOWER_USER
        blank = (style >= LOWER_USER) & (style < LOWER_USER + BLANK_USER)
        self.record.count(self.name, "user id in lower case", lower.sum())
        self.record.count(self.name, "user id with blanks", blank.sum())
        pads = one_of(self.rng, (" {}", "{} ", " {} "), len(user))
        padded = [pad.format(text) for pad, text in zip(pads, user, strict=True)]
        lowered = [text.lower() for text in user]
        return np.where(lower, lowered, np.where(blank, padded, user))

    def _styled_items(self, item: np.ndarray) -> np.ndarray:
        lower = hit(self.rng, LOWER_ITEM, len(item))
        self.record.count(self.name, "item id in lower case", lower.sum())
        return np.where(lower, [text.lower() for text in item], item)

    def _with_copies(self, beyond_repair: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Event of each row of the file and what the row is; copies stand right after the first.

        Rows that cannot be repaired have no copy, from which they could be.
        """
        draw = self.rng.random(len(beyond_repair))
        retried = np.flatnonzero(~beyond_repair & (draw < RETRIED))
        resent = np.flatnonzero(~beyond_repair & (draw >= RETRIED) & (draw < RETRIED + RESENT))
        order = np.concatenate([np.arange(len(draw)), retried, resent])
        kinds = np.repeat(["first", "retried", "resent"], [len(draw), len(retried), len(resent)])
        place = np.argsort(order, kind="stable")
        return order[place], kinds[place]

    def _note(
        self, order: np.ndarray, kinds: np.ndarray, lost: np.ndarray, unreadable: dict[int, str]
    ) -> None:
        event_id = texts(self.events["event_id"])
        copies = np.flatnonzero(kinds != "first")
        self.record.duplicates.append(
            pd.DataFrame(
                {
                    "export": self.channel, "file": self.name, "row": copies,
                    "key": event_id[order[copies]], "kind": kinds[copies],
                }
            )
        )  # fmt: skip
        gone = np.flatnonzero(lost[order] | np.isin(order, list(unreadable)))
        reason = np.where(lost[order[gone]], "no user", "unreadable time")
        self.record.unrecoverable.append(
            pd.DataFrame(
                {
                    "export": self.channel, "file": self.name, "row": gone,
                    "key": event_id[order[gone]], "reason": reason,
                }
            )
        )  # fmt: skip
        for kind, name in (("retried", "exact copy"), ("resent", "same event a little later")):
            self.record.count(self.name, name, (kinds == kind).sum())
        self.record.count(self.name, "misspelt event", self.misspelt[order].sum())
        self.record.count(self.name, "no user and no session", lost.sum())
        if unreadable:
            self.record.count(self.name, "unreadable time", len(unreadable))
