"""Reading GRANT and REVOKE, as far as they are about models and roles."""

from typing import Any

from lab_kit.redshift.sql.cursor import Cursor
from lab_kit.redshift.sql.statements import Grant, Name, Nothing


def grant(words: Cursor, *, gives: bool) -> Grant | Nothing:
    """The rest of GRANT or REVOKE; those on tables and schemas are accepted and change nothing."""
    with_option = not gives and words.take("GRANT", "OPTION", "FOR")
    on: tuple[Name, ...] = ()
    privilege: Any = None
    if words.take("CREATE", "MODEL"):
        privilege = "CREATE MODEL"
    elif words.take("DROP", "MODEL"):
        privilege = "DROP MODEL"
    elif words.take("ASSUMEROLE"):
        privilege = "ASSUMEROLE"
        words.expect("ON")
        on = ((words.string("an ARN").lower(),),) if words.is_string() else (words.dotted(),)
    elif words.take("ROLE"):
        privilege, on = "ROLE", (words.dotted("a role"),)
    elif words.peek() in ("EXECUTE", "ALL"):
        words.next()
        words.take("PRIVILEGES")
        if not words.take("ON", "MODEL"):
            return Nothing("GRANT" if gives else "REVOKE")
        privilege, on = "EXECUTE", tuple(words.listed(lambda: words.dotted("a model")))
    else:
        return Nothing("GRANT" if gives else "REVOKE")
    words.expect("TO" if gives else "FROM")
    to = words.listed(lambda: _receiver(words))
    if gives and words.take("WITH"):
        words.one_of("GRANT", "ADMIN")
        words.expect("OPTION")
        with_option = True
    if words.take("FOR"):
        words.expect("CREATE", "MODEL")
    words.end()
    return Grant(gives, privilege, on, tuple(to), with_option)


def _receiver(words: Cursor) -> tuple[str, str]:
    for kind in ("ROLE", "GROUP"):
        if words.take(kind):
            return kind.lower(), words.name(f"a {kind.lower()}")
    if words.take("PUBLIC"):
        return "public", "public"
    return "user", words.name("a user")
