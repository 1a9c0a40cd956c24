"""GRANT and REVOKE on models, executed."""

from typing import TYPE_CHECKING

from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.models.privileges import require_owner
from lab_kit.redshift.sql.statements import Grant

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session


def execute(session: "Session", said: Grant) -> Result:
    """Change who may do what.

    Raises:
        ProgrammingError: There is no such model, or it is not the user's.
    """
    tag = "GRANT" if said.gives else "REVOKE"
    catalogue = session.engine.catalogue
    rights = session.engine.rights
    if said.privilege != "EXECUTE":
        rights.require("GRANT", session.user)
        change = rights.give if said.gives else rights.take
        for kind, to in said.to:
            for on in said.on or ((),):
                change(said.privilege, ".".join(on), kind, to)
        return Result(tag)
    for name in said.on:
        model = catalogue.require(name, session.schemas)
        require_owner(model, session.user)
        kept = [
            dict(each) for each in model.grants if (each["kind"], each["to"]) not in set(said.to)
        ]
        if said.gives or said.with_option:
            kept += [
                {"kind": kind, "to": to, "option": said.gives and said.with_option}
                for kind, to in said.to
            ]
        catalogue.update(model, grants=kept)
    return Result(tag)
