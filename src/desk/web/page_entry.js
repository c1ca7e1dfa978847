// page_entry.js: one entry: the original at left, what was read at right, what belongs to it beneath.
import {get} from "./api.js";
import {fill, h, theirs} from "./dom.js";
import {actions} from "./entry_actions.js";
import {documentCard, documentName, findingList} from "./entry_document.js";
import {past} from "./entry_history.js";
import {Original} from "./entry_original.js";
import {packages} from "./entry_package.js";
import {due, when} from "./format.js";
import {badge, facts} from "./widgets.js";
import {kindName, t, tOr} from "./words.js";

function head(entry, tools) {
    const auth = entry.messages.map((message) => message.auth).find(Boolean);
    return h(
        "header.entry-head",
        null,
        h(
            "div.entry-title",
            null,
            h("a.back", {href: "#/queue"}, "‹ ", t("entry.back")),
            h("h1", {tabindex: "-1"}, h("span.reference", null, entry.reference), " ", h("span.subject", null, theirs(entry.subject || "—"))),
            badge(entry.state),
        ),
        facts([
            [t("entry.from"), [theirs(entry.sender_name || ""), " ", h("span.faint", null, theirs(entry.sender_address || ""))]],
            [t("entry.organisation"), entry.organisation && theirs(entry.organisation)],
            [t("entry.received"), when(entry.received)],
            [t("entry.due"), due(entry.due)],
            [t("entry.assignee"), entry.assignee ? theirs(entry.assignee.shown) : t("queue.nobody")],
            ["", auth && h(`span.auth.${auth}`, null, tOr(`entry.auth.${auth}`, auth))],
        ]),
        entry.attention && h("p.attention", null, t("entry.attention", {why: tOr(`attention.${entry.attention}`, entry.attention)})),
        tools,
    );
}

/** The mails and documents of the entry, as a list of what can be shown at left. */
function contents(entry, chosen, choose) {
    const item = (key, words, extra) =>
        h(
            "li",
            null,
            h(
                "button.content",
                {type: "button", "data-key": key, "aria-pressed": String(key === chosen), onclick: () => choose(key)},
                h("span.content-name", null, words),
                extra,
            ),
        );
    return h(
        "ul.contents",
        null,
        entry.document_list.map((document) =>
            item(
                `d${document.id}`,
                theirs(documentName(document)),
                h(
                    "span.content-facts",
                    null,
                    h(`span.chip${document.kind === "unknown" ? ".unknown" : ""}`, null, kindName(document.kind)),
                    badge(document.state),
                ),
            ),
        ),
        entry.messages.map((message) =>
            item(
                `m${message.id}`,
                [t("entry.mail")],
                h(
                    "span.content-facts",
                    null,
                    when(message.received),
                    message.arrivals > 1 && ` · ${t("entry.arrivals", {n: message.arrivals})}`,
                    message.stranger && h("span.chip.unknown", null, t("entry.stranger")),
                ),
            ),
        ),
    );
}

class EntryPage {
    constructor(context, entry) {
        this.context = context;
        this.entry = entry;
        this.original = new Original();
        this.right = h("div.entry-right");
        this.left = h("div.entry-list");
        this.changed = h("div.changed", {hidden: true, role: "status"});
        this.keyList = [...entry.document_list.map((one) => `d${one.id}`), ...entry.messages.map((one) => `m${one.id}`)];
    }

    choose(key) {
        this.key = this.keyList.includes(key) ? key : this.keyList[0];
        // A reload, also one of ours after an action, comes back to it.
        history.replaceState(null, "", `#/entry/${this.entry.id}?doc=${this.key}`);
        this.document = this.entry.document_list.find((one) => `d${one.id}` === this.key) || null;
        const message = this.document ? null : this.entry.messages.find((one) => `m${one.id}` === this.key);
        fill(
            this.left,
            contents(this.entry, this.key, (other) => {
                this.choose(other);
                this.left.querySelector("[aria-pressed=true]")?.focus();
            }),
        );
        if (this.document) this.original.showDocument(this.document, documentName(this.document));
        else if (message) this.original.showMessage(message);
        fill(this.right, this.document ? documentCard(this.context, this.entry, this.document, this.original) : this.messageCard(message));
    }

    messageCard(message) {
        return message
            ? h(
                  "section.panel",
                  null,
                  h("h2", null, t("entry.mail")),
                  facts([
                      [t("entry.from"), [theirs(message.sender_name || ""), " ", theirs(message.sender_address || "")]],
                      [t("system.subject"), theirs(message.subject || "")],
                      [t("entry.received"), when(message.received)],
                      ["Message-ID", theirs(message.message_id || "")],
                  ]),
              )
            : h("p.empty", null, t("entry.none"));
    }

    step(by) {
        const at = this.keyList.indexOf(this.key);
        this.choose(this.keyList[(at + by + this.keyList.length) % this.keyList.length]);
    }

    node(acts) {
        const whole = this.entry.findings;
        const node = h(
            "div.entry",
            null,
            head(this.entry, acts.node),
            this.changed,
            h(
                "div.entry-columns",
                null,
                h("section.entry-left", {"aria-label": t("entry.documents")}, this.left, this.original.node),
                h(
                    "div.entry-side",
                    null,
                    whole.length > 0 && h("section.panel", null, h("h2", null, t("entry.findings.whole")), findingList(whole)),
                    this.right,
                ),
            ),
            packages(this.entry),
            past(this.entry),
        );
        this.choose(this.context.query.doc || this.firstWanted());
        return node;
    }

    /** The document that waits for a person; else the first. */
    firstWanted() {
        const wanted =
            this.entry.document_list.find((one) => one.state === "review") ||
            this.entry.document_list.find((one) => one.state === "waiting") ||
            this.entry.document_list.find((one) => !one.superseded_by);
        return wanted ? `d${wanted.id}` : this.keyList[0];
    }

    /** Somebody did something: what is being read stays until the person asks for it. */
    live(change) {
        if (!change.more && !change.entries.includes(this.entry.id)) return;
        this.changed.hidden = false;
        fill(this.changed, t("entry.changed"), " ", h("button", {type: "button", onclick: () => this.context.reload()}, t("entry.reload")));
    }
}

export async function entry(context) {
    const [it, people] = await Promise.all([get(`/entries/${context.id}`), get("/people")]);
    const page = new EntryPage(context, it);
    const acts = actions(context, it, people.people, () => page.document);
    return {
        title: `${it.reference} ${it.subject || ""}`,
        node: page.node(acts),
        live: (change) => page.live(change),
        keys: {...acts.keys, n: () => page.step(1), p: () => page.step(-1), u: () => (location.hash = "#/queue")},
        leave: () => page.original.leave(),
    };
}
