"""What becomes of a call when its interaction moves: it ends with it, waits with it, and finds its new agent."""

from typing import TYPE_CHECKING

from interactions.calls import moves
from interactions.models.call import CallLeg, live_call
from interactions.models.states import State

if TYPE_CHECKING:
    from interactions.models.calling import Calling


def follow(interaction: "Calling") -> None:
    """Called within the move, once the interaction's row is as it will be."""
    call = live_call(interaction)  # type: ignore[arg-type]
    if call is None:
        return
    call.interaction = interaction  # type: ignore[assignment]
    match interaction.state:
        case State.ACTIVE:
            leg = moves.ask(call, interaction.handler)
            if leg.consulted:
                call.legs.live().update(consulted=False, held=False)
        case State.QUEUED | State.OFFERED:
            for leg in call.legs.live().exclude(role=CallLeg.Role.CUSTOMER):
                leg.call = call
                moves.go(leg, why="passed on")
            call.legs.live().update(held=False)
        case _:
            moves.finish(call, why=interaction.state)
    moves.settle(call)


def let_go(interaction: "Calling") -> None:
    """From now on it is a message or a call-back, for which nobody has to stay on the line."""
    if call := live_call(interaction):  # type: ignore[arg-type]
        call.interaction = interaction  # type: ignore[assignment]
        moves.finish(call, why="not in line")
        moves.settle(call)
