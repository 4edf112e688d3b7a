"""What the engine and the application need to know of decisions."""

from frontline.company.decision import http, messages, reactions
from frontline.company.decision.pages import PAGES, TILES, beside, find
from frontline.company.decision.rows import SHELVES
from frontline.company.decision.rules import (
    CommitDesk,
    Desk,
    commit,
    decide,
    gather,
    gather_commitments,
)
from frontline.engine.feature import CommandSet, Feature
from frontline.kernel.authority import ActionHeld

DECIDING: CommandSet[messages.Request, Desk] = CommandSet(
    name="decision",
    commands=(
        messages.OpenProposal,
        messages.AnswerReview,
        messages.DecideProposal,
        messages.AcceptCondition,
        messages.AskQuestion,
        messages.AnswerQuestion,
        messages.WithdrawProposal,
        messages.TendProposal,
        messages.RecordExecution,
    ),
    outcome=messages.Outcome,
    gather=gather,
    decide=decide,
)
COMMITTING: CommandSet[messages.Commit, CommitDesk] = CommandSet(
    name="commitment",
    commands=(messages.Commit,),
    outcome=messages.CommitOutcome,
    gather=gather_commitments,
    decide=commit,
)
FEATURE = Feature(
    name="decision",
    texts=messages.TEXTS,
    shelves=SHELVES,
    command_sets=(DECIDING, COMMITTING),
    reactions={
        ActionHeld: reactions.open_proposal,
        messages.PersonAsked: reactions.tell_asked,
        messages.QuestionAnswered: reactions.tell_answered,
        messages.ProposalClosed: reactions.tell_closed,
        messages.ProposalApproved: reactions.execute,
        messages.ProposalExecuted: reactions.tell_executed,
    },
    doors=http.DOORS,
    pages=PAGES,
    tiles=TILES,
    find=find,
    beside=beside,
)
