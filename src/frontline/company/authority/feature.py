"""What the engine and the application need to know of authority."""

from frontline.company.authority import messages
from frontline.company.authority.book import MatrixBook
from frontline.company.authority.http import DOORS
from frontline.company.authority.pages import PAGES
from frontline.company.authority.rows import gate, matrix
from frontline.company.authority.rules import decide, gather
from frontline.engine.feature import CommandSet, Feature

EDITING: CommandSet[messages.Request, MatrixBook] = CommandSet(
    name="authority",
    commands=(
        messages.PutDepartment,
        messages.PutPosition,
        messages.PutPerson,
        messages.PutAbsence,
        messages.EndAbsence,
        messages.SetLimit,
        messages.SetPolicy,
        messages.SetReviewer,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
FEATURE = Feature(
    name="authority",
    texts=messages.TEXTS,
    shelves=(matrix.SEEN, matrix.SHELF, gate.DECIDING, gate.SHELF),
    command_sets=(EDITING,),
    doors=DOORS,
    pages=PAGES,
)
