// entry_actions.js: what can be done with an entry.
import {address, get, post} from "./api.js";
import {ask, askText, buttons, confirm} from "./dialog.js";
import {decide} from "./entry_decide.js";
import {h, theirs} from "./dom.js";
import {attempt, tell} from "./notice.js";
import {askAssignee} from "./queue_bulk.js";
import {labelled, menu} from "./widgets.js";
import {kindName, t} from "./words.js";

const OPEN = new Set(["review", "waiting", "complete"]);

function askWrite() {
    const subject = h("input", {required: true, maxlength: 200, autofocus: true});
    const text = h("textarea", {required: true, rows: 10});
    return ask(
        t("write.title"),
        (close) =>
            h(
                "form.dialog-body",
                {
                    onsubmit: (event) => {
                        event.preventDefault();
                        close({subject: subject.value.trim(), text: text.value});
                    },
                },
                labelled(t("write.subject"), subject),
                labelled(t("write.text"), text),
                buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, t("send"))),
            ),
        {wide: true},
    );
}

function askSplit(entry) {
    const boxes = entry.document_list.map((document) => {
        const box = h("input", {type: "checkbox", value: document.id});
        return h("label.check", null, box, theirs(document.filename || kindName(document.kind)));
    });
    return ask(t("split.title"), (close) =>
        h(
            "form.dialog-body",
            {
                onsubmit: (event) => {
                    event.preventDefault();
                    const chosen = [...event.target.querySelectorAll("input:checked")].map((box) => Number(box.value));
                    close(chosen.length && chosen.length < boxes.length ? chosen : null);
                },
            },
            h("p", null, t("split.note")),
            boxes,
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, t("split.do"))),
        ),
    );
}

class Actions {
    constructor(context, entry, people, current) {
        Object.assign(this, {context, entry, people, current});
    }

    /** Sends one action; what it answered, or null. */
    async send(name, body, words) {
        let answer = null;
        if (
            (await attempt(
                async () => (answer = await post(`/entries/${this.entry.id}/${name}`, {version: this.entry.version, ...body})),
                this.context.reload,
            )) &&
            words !== null
        ) {
            tell(words || t("entry.saved"));
            this.context.reload();
        }
        return answer;
    }

    decide(action) {
        return decide(this.context, this.entry, action, this.current());
    }

    async assign() {
        const chosen = await askAssignee(this.people, this.entry.assignee?.id);
        if (chosen) await this.send("assign", chosen);
    }

    async comment() {
        const text = await askText(t("comment.title"), t("comment.label"), t("comment.do"));
        if (text) await this.send("comment", {text});
    }

    async withReason(name) {
        const reason = await askText(t(`${name}.title`), t("reason"), t(`entry.${name}`), name === "close" ? {note: t("close.note")} : {});
        if (reason) await this.send(name, {reason});
    }

    async split() {
        const documents = await askSplit(this.entry);
        const answer = documents && (await this.send("split", {documents}, null));
        if (answer) location.hash = `#/entry/${answer.entry}`;
    }

    async merge() {
        const reference = await askText(t("merge.title"), t("merge.label"), t("merge.do"), {lines: 1, note: t("merge.note")});
        let into = 0;
        if (!reference || !(await attempt(async () => (into = (await get(`/references/${encodeURIComponent(reference)}`)).entry)))) return;
        if (await this.send("merge", {into}, null)) location.hash = `#/entry/${into}`;
    }

    async write() {
        const letter = await askWrite();
        if (letter) await this.send("write", {letter}, t("write.done"));
    }

    async redo() {
        if (await confirm(t("redo.title"), t("redo.note"), t("redo.do"))) await this.send("redo", {}, t("redo.done"));
    }
}

export function actions(context, entry, people, current) {
    const it = new Actions(context, entry, people, current);
    const role = context.session.user.role;
    const clerk = role !== "reader";
    const reviewer = role === "reviewer" || role === "administrator";
    const open = OPEN.has(entry.state);
    const button = (kind, words, act, key) => h(`button${kind}`, {type: "button", "aria-keyshortcuts": key || null, onclick: act}, words);
    const item = (words, act) => h("button", {type: "button", onclick: act}, words);
    const more = menu(t("entry.more"), [
        reviewer && item(t("entry.write"), () => it.write()),
        reviewer && !open && item(t("entry.reopen"), () => it.withReason("reopen")),
        reviewer && entry.state !== "closed" && item(t("entry.close"), () => it.withReason("close")),
        reviewer && entry.document_list.length > 1 && item(t("entry.split"), () => it.split()),
        reviewer && item(t("entry.merge"), () => it.merge()),
        clerk && item(t("entry.redo"), () => it.redo()),
        h("a", {href: address(`/entries/${entry.id}/zip`), download: ""}, t("entry.zip")),
    ]);
    const keys = {};
    if (reviewer && open) Object.assign(keys, {a: () => it.decide("accept"), r: () => it.decide("return"), e: () => it.decide("reject")});
    if (clerk) Object.assign(keys, {c: () => it.comment(), s: () => it.assign()});
    return {
        keys,
        node: h(
            "div.actions",
            {role: "group", "aria-label": t("entry.actions")},
            reviewer &&
                open && [
                    button(".primary.do-accept", t("entry.accept"), keys.a, "a"),
                    button(".do-return", t("entry.return"), keys.r, "r"),
                    button(".do-reject", t("entry.reject"), keys.e, "e"),
                ],
            clerk && [
                button("", t("entry.comment"), keys.c, "c"),
                button("", t("entry.assign"), keys.s, "s"),
                entry.attention && button("", t("entry.attend"), () => it.send("attend", {})),
            ],
            more,
        ),
    };
}
