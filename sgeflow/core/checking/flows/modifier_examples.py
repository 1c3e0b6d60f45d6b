"""Each modifier on a step, as an example: what the step gives shows what the modifier does."""

from __future__ import annotations

MODIFIER_EXAMPLES = {
    "when": "- {id: a, when: run.today < '2000-01-01', set: {x: 1}}",
    "foreach": '- {id: a, foreach: [1, 2], set: {x: "${item}"}}',
    "as": '- {id: a, foreach: [1, 2], as: n, set: {x: "${n}"}}',
    "parallel": '- {id: a, foreach: [1, 2, 3], parallel: 2, set: {x: "${item}"}}',
    "until": '- {id: a, foreach: [1, 2, 3], until: this.x == 2, set: {x: "${item}"}}',
    "on_item_error": "- {id: a, foreach: [1, 2], on_item_error: collect,"
    " check: item < 2, else: {code: TOO_BIG, message: It is too big.}}",
    "on_fault": "- {id: a, steps: [{id: b, fail: {code: GONE, message: It is gone.}}],"
    " on_fault: [{codes: [GONE], continue: {b: none}}]}",
    "timeout": "- {id: a, http: {service: communes, path: /communes/69003}, timeout: PT20S}",
    "undo": '- {id: a, set: {x: 1}, undo: {set: {taken_back: "${this.x}"}}}',
    "retry": "- {id: a, http: {service: communes, path: /communes/69003},"
    " retry: {attempts: 5, backoff: PT2S}}",
    "poll": "- {id: a, http: {service: communes, path: /communes/69003},"
    " poll: {every: PT10S, until: this.status == 200, within: PT5M}}",
}
"""Steps by modifier: the step `a` has it."""
