"""What weak states come to believe of a major power's resolve (theory, section 6, phase 6)."""

from __future__ import annotations

from simulation.compilation import compiled


@compiled
def posterior(belief, likelihood_resolute, likelihood_irresolute, weight):
    """Bayes' rule with discounted evidence: the new probability that the major power is resolute.

    belief: probability before; likelihoods: of what was seen, under either type; weight: power to which the likelihoods
    are raised, 1 for own experience and `observability` for that of others. Evidence that is impossible under both
    types teaches nothing.
    """
    resolute = belief * likelihood_resolute**weight
    irresolute = (1.0 - belief) * likelihood_irresolute**weight
    return resolute / (resolute + irresolute) if resolute + irresolute > 0.0 else belief
