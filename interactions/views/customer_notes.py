from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from agents.access import AgentRequest, agent_required
from interactions.models import Customer, CustomerNote, Interaction
from interactions.views.customer_pane import notes


@agent_required
@require_POST
def create(request: AgentRequest, pk: int) -> HttpResponse:
    """Something colleagues should know about this customer, next time too."""
    visible = Interaction.objects.visible_to(request.user)
    customer = get_object_or_404(Customer.objects.filter(interactions__in=visible).distinct(), pk=pk)
    text = request.POST.get("text", "").replace("\0", "").strip()[:4000]
    if text:
        CustomerNote.objects.create(customer=customer, agent=request.agent, text=text)
    context = {"agent": request.agent, "customer": customer, "notes": notes(customer)}
    return render(request, "desk/_customer.html#notes", context)
