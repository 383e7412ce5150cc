/* SPDX-License-Identifier: MIT */
/* study_kind.c: which kind of change it is, by the margin that goes through zero and by what is
 * there on both sides. */
#include "verify/base/number.h"
#include "verify/judge/bounds.h"
#include "verify/study/study_line.h"

#include <math.h>

const char *study_kind_name(enum study_kind kind)
{
    static const char *const names[] = {"none", "grazing", "overtaken", "order",
                                        "end",  "maximum", "domain",    "unknown"};
    return (unsigned)kind < STUDY_KINDS ? names[kind] : "unknown";
}

size_t study_spikes(const struct ref_result *r)
{
    size_t count = 0;
    for (size_t s = 0; s < r->samples; s++)
        for (size_t p = 0; p < r->populations; p++)
            for (size_t n = 0; n < r->size[p]; n++)
                count += r->sample[s].spikes[p][n].count;
    return count;
}

static size_t spikes_at(const struct ref_result *r, const struct ref_edge *edge)
{
    return edge->population < r->populations && edge->neuron < r->size[edge->population]
               ? r->sample[edge->sample].spikes[edge->population][edge->neuron].count
               : 0;
}

/* Whether an arrival comes next to a spike of that neuron, at as good as no distance; of a weight
 * below zero and just behind it, if lowers. */
static bool meets(const struct ref_result *r, const struct ref_edge *edge, bool lowers)
{
    for (size_t x = 0; x < r->edges; x++) {
        const struct ref_edge *other = r->edge + x;
        if (other->kind == REF_EDGE_ORDER && (!lowers || (other->behind && other->lowers)) &&
            other->sample == edge->sample && other->population == edge->population &&
            other->neuron == edge->neuron && fabs(middle(other->margin)) < VER_STUDY_MEETS)
            return true;
    }
    return false;
}

enum study_kind study_kind_of(const struct ref_edge *edge, const struct ref_result *near,
                              const struct ref_result *far)
{
    bool const changed = far && spikes_at(near, edge) != spikes_at(far, edge);
    if (edge->kind == REF_EDGE_MAXIMUM)
        return STUDY_MAXIMUM;
    if (edge->kind == REF_EDGE_END)
        return STUDY_END;
    if (changed && (meets(near, edge, true) || meets(far, edge, true)))
        return STUDY_OVERTAKEN;
    if (far && !changed && (meets(near, edge, false) || meets(far, edge, false)))
        return STUDY_ORDER;
    return edge->kind == REF_EDGE_PEAK ? STUDY_GRAZING : STUDY_ORDER;
}

void study_change_init(struct study_change *change)
{
    *change = (struct study_change){.kind = STUDY_NONE};
    arb_init(change->near);
    arb_init(change->far);
    arb_init(change->margin);
    for (int which = 0; which < 2; which++) {
        arb_init(change->loss[which]);
        arb_init(change->by[which]);
    }
}

void study_change_clear(struct study_change *change)
{
    arb_clear(change->near);
    arb_clear(change->far);
    arb_clear(change->margin);
    for (int which = 0; which < 2; which++) {
        arb_clear(change->loss[which]);
        arb_clear(change->by[which]);
    }
}
