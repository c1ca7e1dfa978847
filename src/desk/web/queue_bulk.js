// queue_bulk.js: one action on the entries that are ticked.
import {ApiError, post} from "./api.js";
import {ask, askText, buttons} from "./dialog.js";
import {fill, h} from "./dom.js";
import {attempt, sentence, tell} from "./notice.js";
import {labelled, select} from "./widgets.js";
import {t} from "./words.js";

const NEEDS = {accept: 2, close: 2, assign: 1, attend: 1, redo: 1};
const RANK = {reader: 0, clerk: 1, reviewer: 2, administrator: 3};

function askAccept(n) {
    const silent = h("input", {type: "checkbox", id: "bulk-silent"});
    return ask(t("bulk.accept"), (close) =>
        h(
            "div.dialog-body",
            null,
            h("p", null, t("bulk.confirm", {n, action: t("bulk.accept")})),
            h("label.check", {for: "bulk-silent"}, silent, t("bulk.silent")),
            buttons(
                h("button", {type: "button", onclick: () => close(null)}, t("cancel")),
                h("button.primary", {type: "button", autofocus: true, onclick: () => close({silent: silent.checked})}, t("bulk.accept")),
            ),
        ),
    );
}

/** Whom to give it to: {user: id or null}, or null. */
export function askAssignee(people, current) {
    const who = select([["", t("assign.nobody")], ...people.map((one) => [String(one.id), one.shown])], current ? String(current) : "", {
        autofocus: true,
    });
    return ask(t("assign.title"), (close) =>
        h(
            "form.dialog-body",
            {
                onsubmit: (event) => {
                    event.preventDefault();
                    close({user: who.value ? Number(who.value) : null});
                },
            },
            labelled(t("assign.who"), who),
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, t("assign.do"))),
        ),
    );
}

async function details(name, n, people) {
    if (name === "accept") return askAccept(n);
    if (name === "assign") return askAssignee(people);
    if (name === "close") {
        const reason = await askText(t("bulk.close"), t("reason"), t("bulk.close"), {note: t("bulk.confirm", {n, action: t("bulk.close")})});
        return reason && {reason};
    }
    return {};
}

function tellResults(results, references) {
    const failed = results.filter((one) => !one.ok);
    if (results.length > failed.length) tell(t("bulk.done", {n: results.length - failed.length}));
    if (failed.length)
        ask(t("bulk.failed.title"), () =>
            h(
                "div.dialog-body",
                null,
                h("p", null, t("bulk.failed", {n: failed.length})),
                h(
                    "ul",
                    null,
                    failed.map((one) => h("li", null, h("strong", null, references.get(one.id)), " ", sentence(new ApiError(0, one.error)))),
                ),
            ),
        );
}

export function bulkBar(context, picked, refresh, unpick) {
    const words = h("span.strong", {"aria-live": "polite"});
    const rank = RANK[context.session.user.role];
    const bar = {people: []};
    bar.run = async (name) => {
        const entries = [...picked.values()].map((row) => ({id: row.id, version: row.version}));
        const references = new Map([...picked.values()].map((row) => [row.id, row.reference]));
        if (entries.length === 0 || rank < NEEDS[name]) return;
        const more = await details(name, entries.length, bar.people);
        if (!more) return;
        await attempt(async () => {
            const answer = await post("/queue/actions", {action: name, entries, ...more});
            unpick();
            tellResults(answer.results, references);
            await refresh();
        });
    };
    bar.node = h(
        "div.bulk",
        {hidden: true, role: "group", "aria-label": t("entry.actions")},
        words,
        Object.keys(NEEDS)
            .filter((name) => rank >= NEEDS[name])
            .map((name) => h(`button${name === "accept" ? ".primary" : ""}`, {type: "button", onclick: () => bar.run(name)}, t(`bulk.${name}`))),
        h("button.quiet", {type: "button", onclick: unpick}, t("bulk.clear")),
    );
    bar.update = () => {
        bar.node.hidden = picked.size === 0;
        fill(words, t("queue.picked", {n: picked.size}));
    };
    return bar;
}
