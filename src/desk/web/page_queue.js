// page_queue.js: the queue. What is filtered by stands in the address, so that a view can be kept and sent to a colleague.
import {get, query as queryText} from "./api.js";
import {fill, h, theirs} from "./dom.js";
import {due, when} from "./format.js";
import {fail} from "./notice.js";
import {bulkBar} from "./queue_bulk.js";
import {filters, views} from "./queue_filters.js";
import {registerDocument} from "./upload.js";
import {badge, empty, exporting, heading, pager, tabs} from "./widgets.js";
import {fieldName, kindName, t, tOr} from "./words.js";

const PAGE = 50;
const REFRESH_MOST = 200;
const NAMED = 3;
const STATES = ["open", "review", "waiting", "complete", "accepted", "rejected", "closed", "attention", "all"];

/** What is missing, by name; of many only some. */
function missing(row) {
    const what = row.missing.slice(0, NAMED).map(fieldName).join(t("list"));
    return t(row.missing.length > NAMED ? "queue.missing.more" : "queue.missing", {what, n: row.missing.length});
}

function lack(row) {
    return [
        row.missing.length > 0 && h("li.finding-mark.error", null, missing(row)),
        row.errors > 0 && h("li.finding-mark.error", null, t("queue.errors", {n: row.errors})),
        row.warnings > 0 && h("li.finding-mark.warning", null, t("queue.warnings", {n: row.warnings})),
    ].filter(Boolean);
}

function rowNode(row, picked, onpick) {
    const marks = lack(row);
    const box = h("input", {
        type: "checkbox",
        checked: picked.has(row.id),
        "aria-label": t("queue.select", {reference: row.reference}),
        onchange: () => onpick(row, box.checked),
    });
    const cell = (name, label, ...content) => h(`td.${name}`, {role: "cell", "data-label": label}, content);
    const node = h(
        "tr",
        {role: "row", "data-id": row.id},
        cell("col-check", null, h("label.hit", null, box)),
        cell("col-reference", null, h("a.reference", {href: `#/entry/${row.id}`}, row.reference), h("div", null, badge(row.state))),
        cell(
            "col-sender",
            t("queue.col.sender"),
            h("div.strong", null, theirs(row.sender_name || row.sender_address)),
            h("div.faint.second", null, theirs(row.organisation || row.sender_address)),
        ),
        cell(
            "col-subject",
            t("queue.col.subject"),
            h("div.subject", null, theirs(row.subject || "—")),
            h(
                "ul.chips",
                null,
                row.kinds.map((kind) => h(`li.chip${kind === "unknown" ? ".unknown" : ""}`, null, kindName(kind))),
                row.documents > 1 && h("li.faint", null, t("queue.documents", {n: row.documents})),
            ),
        ),
        cell(
            "col-missing",
            t("queue.col.missing"),
            row.attention && h("div.attention", null, tOr(`attention.${row.attention}`, row.attention)),
            marks.length ? h("ul.marks", null, marks) : !row.attention && h("span.faint", null, t("queue.clean")),
        ),
        cell("col-due", t("queue.col.due"), due(row.due), h("div.faint", null, t("queue.col.received"), " ", when(row.received))),
        cell("col-assignee", t("queue.col.assignee"), row.assignee ? theirs(row.assignee.shown) : h("span.faint", null, t("queue.nobody"))),
    );
    node.addEventListener("click", (event) => {
        if (!event.target.closest("a, label, input, button") && !String(getSelection())) location.hash = `#/entry/${row.id}`;
    });
    return node;
}

class Queue {
    constructor(context) {
        this.context = context;
        this.values = {state: "open", ...context.query};
        this.rows = new Map();
        this.picked = new Map();
        this.body = h("tbody", {role: "rowgroup"});
        this.shown = h("span.faint", {"aria-live": "polite"});
        this.tabs = h("div");
        this.changed = h(
            "div.changed",
            {hidden: true},
            t("queue.changed"),
            " ",
            h("button", {type: "button", onclick: () => context.reload()}, t("queue.refresh")),
        );
        this.bulk = bulkBar(
            context,
            this.picked,
            () => this.refresh(),
            () => this.unpick(),
        );
        this.pager = pager(
            (after) => this.load(after, PAGE),
            (rows) => this.add(rows),
        );
        this.all = h("input", {type: "checkbox", "aria-label": t("queue.select.all"), onchange: () => this.pickAll(this.all.checked)});
    }

    async load(after, limit) {
        const answer = await get("/queue", {...this.values, after, limit});
        return {rows: answer.entries, next: answer.next};
    }

    make(row) {
        return rowNode(row, this.picked, (one, on) => this.pick(one, on));
    }

    add(rows) {
        for (const row of rows)
            if (!this.rows.has(row.id)) {
                this.rows.set(row.id, row);
                this.body.append(this.make(row));
            }
        this.count();
    }

    count() {
        fill(this.shown, t("queue.shown", {n: this.rows.size}));
        this.nothing.hidden = this.rows.size > 0;
        this.table.hidden = this.rows.size === 0;
    }

    async counts() {
        const counts = await get("/queue/counts", this.values);
        fill(
            this.tabs,
            tabs(
                t("queue.tabs"),
                STATES.filter((state) => state !== "attention" || counts.attention > 0).map((state) => ({
                    href: `#/queue${queryText({...this.values, state: state === "open" ? "" : state})}`,
                    words: t(`state.${state}`),
                    count: counts[state],
                    on: this.values.state === state,
                })),
            ),
        );
        this.quarantined.hidden = counts.quarantined === 0;
        fill(this.quarantined, h("a", {href: "#/system"}, t("queue.quarantine", {n: counts.quarantined})));
    }

    /** The same rows with what they say now; the focus and the ticks stay. */
    async refresh() {
        this.counts().catch(() => {});
        if (this.rows.size > REFRESH_MOST) {
            this.changed.hidden = false;
            return;
        }
        const page = await this.load(null, Math.min(Math.max(PAGE, this.rows.size), REFRESH_MOST));
        const focused = document.activeElement?.closest?.("tr[data-id]")?.dataset.id;
        const onBox = document.activeElement?.type === "checkbox";
        this.rows.clear();
        this.body.replaceChildren();
        for (const row of page.rows) if (this.picked.has(row.id)) this.picked.set(row.id, row);
        for (const id of [...this.picked.keys()]) if (!page.rows.some((row) => row.id === id)) this.picked.delete(id);
        this.add(page.rows);
        this.pager.from(page.next);
        this.bulk.update();
        if (focused) this.body.querySelector(`tr[data-id="${Number(focused)}"] ${onBox ? "input" : "a"}`)?.focus({preventScroll: true});
    }

    pick(row, on) {
        if (on) this.picked.set(row.id, row);
        else this.picked.delete(row.id);
        this.bulk.update();
    }

    pickAll(on) {
        for (const row of this.rows.values()) this.pick(row, on);
        for (const box of this.body.querySelectorAll("input[type=checkbox]")) box.checked = on;
    }

    unpick() {
        this.picked.clear();
        this.all.checked = false;
        this.pickAll(false);
    }

    /** j and k: the focus goes from row to row, so that Enter and screen readers follow. */
    step(by) {
        const links = [...this.body.querySelectorAll("a.reference")];
        const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
        const link = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
        link?.focus();
        link?.closest("tr").scrollIntoView({block: "nearest"});
    }

    toggle() {
        const box = document.activeElement?.closest?.("tr[data-id]")?.querySelector("input[type=checkbox]");
        box?.click();
    }

    act(name) {
        if (this.picked.size === 0) this.toggle();
        if (this.picked.size > 0) this.bulk.run(name);
    }

    node(people, saved) {
        const role = this.context.session.user.role;
        const column = (name, label, content) => h(`th.${name}`, {role: "columnheader", scope: "col"}, content || label);
        this.quarantined = h("div.quarantined", {hidden: true});
        this.nothing = h("div", null, empty(t(this.values.state === "open" ? "queue.empty.open" : "queue.empty")));
        this.table = h(
            "table.queue",
            {role: "table", "aria-label": t("queue.title")},
            h(
                "thead",
                {role: "rowgroup"},
                h(
                    "tr",
                    {role: "row"},
                    column("col-check", "", h("label.hit", null, this.all)),
                    column("col-reference", t("queue.col.reference")),
                    column("col-sender", t("queue.col.sender")),
                    column("col-subject", t("queue.col.subject")),
                    column("col-missing", t("queue.col.missing")),
                    column("col-due", t("queue.col.due")),
                    column("col-assignee", t("queue.col.assignee")),
                ),
            ),
            this.body,
        );
        return h(
            "div",
            null,
            heading(
                t("queue.title"),
                this.shown,
                views(saved, this.values, this.context.reload),
                exporting("queue", this.values),
                role !== "reader" && h("button.primary", {type: "button", onclick: registerDocument}, t("queue.upload")),
            ),
            this.quarantined,
            this.tabs,
            filters(this.values, people),
            this.changed,
            this.bulk.node,
            this.table,
            this.nothing,
            this.pager.box,
        );
    }
}

export async function queue(context) {
    const it = new Queue(context);
    const [people, saved, first] = await Promise.all([get("/people"), get("/views"), it.load(null, PAGE)]);
    it.bulk.people = people.people;
    const node = it.node(people.people, saved.views);
    await it.counts();
    it.add(first.rows);
    it.pager.from(first.next);
    return {
        title: t("queue.title"),
        node,
        keys: {j: () => it.step(1), k: () => it.step(-1), x: () => it.toggle(), a: () => it.act("accept"), s: () => it.act("assign")},
        live: () => it.refresh().catch((error) => fail(error, () => context.reload())),
    };
}
