"""What each kind of dataset must and may hold, in each domain."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from lab_kit.errors import LabKitError
from lab_kit.prepare.schema.rules import KINDS, MAX_METADATA_COLUMNS, AvroType, Domain, Kind


@dataclass(frozen=True)
class Field:
    """One column of a dataset, as its schema names it."""

    name: str
    """In capitals: USER_ID."""
    type: AvroType
    nullable: bool = False
    """Whether values may be missing."""
    categorical: bool = False
    """Whether a string is one category, or several joined by "|", that models train on."""
    textual: bool = False
    """Whether a string is running text whose meaning models train on (Items only)."""
    moment: bool = False
    """Whether a long is a time in epoch seconds."""
    role: Literal["required", "reserved", "metadata"] = "metadata"
    """Reserved fields may be left out, but mean what Personalize says they mean."""

    @property
    def column(self) -> str:
        """The kit's name of it: user_id."""
        return self.name.lower()


@dataclass(frozen=True)
class Contract:
    """What one dataset must and may hold."""

    kind: Kind
    domain: Domain
    fields: tuple[Field, ...]
    needs_metadata: bool = False
    """Whether something besides the required fields must be there."""

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that must be there."""
        return tuple(field for field in self.fields if field.role == "required")

    @property
    def ids(self) -> tuple[Field, ...]:
        """The required fields that name a user or an item."""
        return tuple(field for field in self.required if field.name.endswith("_ID"))

    @property
    def max_metadata(self) -> int:
        """How many fields may be there that are neither required nor reserved."""
        return MAX_METADATA_COLUMNS[self.kind]

    def field_of(self, column: str) -> Field | None:
        """The field of a column, whatever its capitals; None if the contract does not name it."""
        name = column.upper()
        return next((field for field in self.fields if field.name == name), None)

    def declaring(
        self,
        *,
        categorical: Iterable[str] = (),
        textual: Iterable[str] = (),
        plain: Iterable[str] = (),
    ) -> "Contract":
        """The same contract, saying how to treat some of your own text columns.

        Args:
            categorical: Columns of categories.
            textual: The column of running text (Items only, at most one).
            plain: Columns that are stored and can be filtered on, but not trained on.

        Raises:
            LabKitError: If the contract already says what one of these is.
        """
        extra = [
            *(_own_text(name, categorical=True) for name in categorical),
            *(_own_text(name, textual=True) for name in textual),
            *(_own_text(name) for name in plain),
        ]
        for field in extra:
            if self.field_of(field.name) is not None:
                raise LabKitError(
                    f"{field.name} is not yours to declare: Personalize says what it is",
                    where=f"{self.kind} of the {self.domain} domain",
                    next_step="leave it out of declaring(...), or give the column another name",
                )
        return replace(self, fields=(*self.fields, *extra))


def contract(kind: str, domain: Domain = "custom") -> Contract:
    """The contract of "users", "items" or "interactions".

    Raises:
        LabKitError: If there is no such dataset or domain.
    """
    found = next((c for c in CONTRACTS if (c.kind, c.domain) == (kind, domain)), None)
    if found is None:
        from lab_kit.prepare.columns import nearest  # which loads pandas

        close = nearest(kind, KINDS)
        raise LabKitError(
            f'There is no contract for "{kind}" in the domain "{domain}"',
            next_step=f'did you mean "{close[0]}"?'
            if close and close[0] != kind
            else f"the datasets are {', '.join(KINDS)}, the domains "
            f"{', '.join(sorted({c.domain for c in CONTRACTS}))}",
        )
    return found


def _own_text(name: str, *, categorical: bool = False, textual: bool = False) -> Field:
    return Field(name.upper(), "string", True, categorical, textual)


def _required(name: str, type: AvroType = "string", **more: bool) -> Field:
    return Field(name, type, role="required", **more)


def _reserved(name: str, type: AvroType = "string", **more: bool) -> Field:
    return Field(name, type, role="reserved", **{"nullable": True, **more})


_CREATED = _reserved("CREATION_TIMESTAMP", "long", moment=True)
_DESCRIPTION = _reserved("PRODUCT_DESCRIPTION", textual=True)

_EVENT = (
    _required("USER_ID"),
    _required("ITEM_ID"),
    _required("TIMESTAMP", "long", moment=True),
)
_EVENT_RESERVED = (
    _reserved("EVENT_VALUE", "float"),
    _reserved("IMPRESSION"),
    _reserved("RECOMMENDATION_ID"),
    _reserved("EVENT_ATTRIBUTION_SOURCE"),
)
# Never categorical: Personalize trains on event types by itself.
_TYPED_EVENT = (*_EVENT, _required("EVENT_TYPE"), *_EVENT_RESERVED)

CONTRACTS: tuple[Contract, ...] = (
    Contract("users", "custom", (_required("USER_ID"),), needs_metadata=True),
    Contract("items", "custom", (_required("ITEM_ID"), _CREATED), needs_metadata=True),
    Contract(
        "interactions",
        "custom",
        (*_EVENT, _reserved("EVENT_TYPE", nullable=False), *_EVENT_RESERVED),
    ),
    Contract(
        "actions",
        "custom",
        (
            _required("ACTION_ID"),
            _CREATED,
            _reserved("VALUE", "long"),
            _reserved("TYPE"),
            _reserved("EXPIRATION_TIMESTAMP", "long", moment=True),
            _reserved("ACTION_EXPIRATION_TIMESTAMP", "long", moment=True),
            _reserved("REPEAT_FREQUENCY", "long"),
        ),
        needs_metadata=True,
    ),
    Contract(
        "action_interactions",
        "custom",
        (
            _required("USER_ID"),
            _required("ACTION_ID"),
            _required("EVENT_TYPE"),
            _required("TIMESTAMP", "long", moment=True),
            _reserved("IMPRESSION"),
            _reserved("RECOMMENDATION_ID"),
        ),
    ),
    Contract("users", "ECOMMERCE", (_required("USER_ID"),), needs_metadata=True),
    Contract(
        "items",
        "ECOMMERCE",
        (
            _required("ITEM_ID"),
            _required("PRICE", "float"),
            _required("CATEGORY_L1", categorical=True),
            _reserved("CATEGORY_L2", categorical=True),
            _reserved("CATEGORY_L3", categorical=True),
            _DESCRIPTION,
            _CREATED,
            _reserved("AGE_GROUP", categorical=True),
            _reserved("ADULT", categorical=True),
            _reserved("GENDER", categorical=True),
        ),
    ),
    Contract("interactions", "ECOMMERCE", _TYPED_EVENT),
    Contract("users", "VIDEO_ON_DEMAND", (_required("USER_ID"),), needs_metadata=True),
    Contract(
        "items",
        "VIDEO_ON_DEMAND",
        (
            _required("ITEM_ID"),
            _required("GENRES", categorical=True),
            _required("CREATION_TIMESTAMP", "long", moment=True),
            _reserved("PRICE", "float"),
            _reserved("DURATION", "float"),
            _reserved("GENRE_L2", categorical=True),
            _reserved("GENRE_L3", categorical=True),
            _reserved("AVERAGE_RATING", "float"),
            _DESCRIPTION,
            _reserved("CONTENT_OWNER", categorical=True),
            _reserved("CONTENT_CLASSIFICATION", categorical=True),
        ),
    ),
    Contract("interactions", "VIDEO_ON_DEMAND", _TYPED_EVENT),
)
