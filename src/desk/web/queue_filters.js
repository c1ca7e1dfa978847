// queue_filters.js: by what the queue is narrowed, and views that were kept.
import {post, query as queryText, remove} from "./api.js";
import {askText} from "./dialog.js";
import {h, theirs} from "./dom.js";
import {attempt, tell} from "./notice.js";
import {filterForm, kindOptions, labelled, menu, select} from "./widgets.js";
import {t} from "./words.js";

const MORE = ["sender", "organisation", "meeting", "finding", "since", "until"];

function go(values) {
    location.hash = `#/queue${queryText({...values, state: values.state === "open" ? "" : values.state, order: values.order === "rank" ? "" : values.order})}`;
}

export function filters(values, people) {
    const text = (name) => labelled(t(`queue.${name}`), h("input", {name, value: values[name] || "", maxlength: 200}));
    const pick = (name, options) => labelled(t(`queue.${name}`), select(options, values[name], {name}));
    const dayOf = (name) => labelled(t(`queue.${name}`), h("input", {type: "date", name, value: values[name] || ""}));
    const narrowed = Object.keys(values).some((name) => name !== "state" && name !== "order" && values[name]);
    const more = h(
        "details.more-filters",
        {open: MORE.some((name) => values[name])},
        h("summary.button", null, t("queue.filters.more")),
        h(
            "div.filters-row",
            null,
            text("sender"),
            text("organisation"),
            text("meeting"),
            pick("finding", [
                ["", t("any")],
                ["error", t("severity.error")],
                ["warning", t("severity.warning")],
            ]),
            dayOf("since"),
            dayOf("until"),
        ),
    );
    // A phone's screen is for the list: there the filters are folded until they are wanted.
    const open = narrowed || !window.matchMedia("(max-width: 760px)").matches;
    return filterForm(
        t("queue.filters"),
        h(
            "details.filter-box",
            {open},
            h("summary.button", null, t("queue.filters")),
            h(
                "div",
                null,
                h(
                    "div.filters-row",
                    null,
                    text("text"),
                    pick("kind", kindOptions(["", t("any")])),
                    pick("due", [
                        ["", t("any")],
                        ["overdue", t("queue.due.overdue")],
                        ["week", t("queue.due.week")],
                        ["none", t("queue.due.none")],
                    ]),
                    pick("assignee", [
                        ["", t("any")],
                        ["me", t("queue.assignee.me")],
                        ["nobody", t("queue.assignee.nobody")],
                        ...people.map((one) => [String(one.id), one.shown]),
                    ]),
                    pick(
                        "order",
                        ["rank", "received", "-received", "reference"].map((id) => [id, t(`queue.order.${id}`)]),
                    ),
                    narrowed && h("button.quiet.clear", {type: "button", onclick: () => go({state: values.state})}, t("queue.clear")),
                ),
                more,
                h("button.hidden", {type: "submit"}, t("nav.search")),
            ),
        ),
        (typed) => go({...typed, state: values.state}),
    );
}

export function views(saved, values, reload) {
    const save = async () => {
        const name = await askText(t("queue.view.save"), t("queue.view.name"), t("save"), {lines: 1});
        if (name && (await attempt(() => post("/views", {name, query: queryText(values).slice(1)})))) {
            tell(t("queue.view.saved", {name}));
            reload();
        }
    };
    const forget = (view) =>
        attempt(async () => {
            await remove(`/views/${view.id}`);
            reload();
        });
    return menu(t("queue.views"), [
        saved.length === 0 && h("p.faint", null, t("queue.views.none")),
        saved.map((view) =>
            h(
                "div.menu-pair",
                null,
                h("a", {href: `#/queue?${view.query}`}, theirs(view.name)),
                h("button.icon", {type: "button", "aria-label": `${t("remove")} ${view.name}`, onclick: () => forget(view)}, "×"),
            ),
        ),
        h("button", {type: "button", onclick: save}, t("queue.view.save")),
    ]);
}
