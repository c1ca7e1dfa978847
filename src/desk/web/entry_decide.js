// entry_decide.js: accept, return, reject: with the letter that goes with it, which can be changed first.
import {post} from "./api.js";
import {ask, buttons} from "./dialog.js";
import {documentName} from "./entry_document.js";
import {fill, h} from "./dom.js";
import {attempt, sentence, tell} from "./notice.js";
import {labelled, select} from "./widgets.js";
import {t} from "./words.js";

const DONE = {accept: "entry.decided", return: "entry.returned", reject: "entry.rejected"};

class Decision {
    constructor(context, entry, action, document) {
        Object.assign(this, {context, entry, action});
        const scopes = [["", t("decide.scope.all")]];
        if (document && entry.document_list.length > 1) scopes.push([String(document.id), t("decide.scope.one", {name: documentName(document)})]);
        this.scope = select(scopes, "", {onchange: () => this.preview(true)});
        this.reason =
            action === "accept"
                ? null
                : h("textarea.reason", {rows: 3, required: true, maxlength: 4000, autofocus: true, onchange: () => this.preview(false)});
        this.subject = h("input.letter-subject", {maxlength: 500, oninput: () => this.touch()});
        this.text = h("textarea.letter-text", {rows: 12, oninput: () => this.touch()});
        this.silent = h("input", {type: "checkbox", id: "decide-silent", onchange: () => (this.words.hidden = this.silent.checked)});
        this.to = h("p.faint.letter-to", {role: "status"});
        this.state = h("span.faint", {"aria-live": "polite"});
        this.again = h("button.small", {type: "button", hidden: true, onclick: () => this.preview(true)}, t("decide.refresh"));
        this.words = h(
            "div.letter",
            null,
            this.to,
            labelled(t("decide.subject"), this.subject),
            labelled(t("decide.text"), this.text),
            h("div.letter-foot", null, this.state, this.again),
        );
        this.changed = false;
        this.touches = 0;
    }

    touch() {
        this.touches++;
        this.changed = true;
        this.again.hidden = !this.reason;
        fill(this.state, t("decide.edited"));
    }

    body() {
        const body = {};
        if (this.scope.value) body.document = Number(this.scope.value);
        if (this.reason) body.reason = this.reason.value.trim();
        return body;
    }

    /** The letter's words from the server; what a person has changed is only overwritten when he asks for it. */
    async preview(anew) {
        if (this.changed && !anew) return;
        if (this.reason && !this.reason.value.trim() && !anew) return;
        fill(this.state, t("decide.preview"));
        const before = this.touches;
        try {
            const letter = await post(`/entries/${this.entry.id}/preview`, {action: this.action, ...this.body()});
            if (this.touches !== before) return; // it was being written while this was on its way
            this.subject.value = letter.subject;
            this.text.value = letter.text;
            fill(this.to, t("decide.letter.to", {to: letter.recipient || "—"}));
            this.changed = false;
            this.again.hidden = true;
            fill(this.state);
        } catch (error) {
            fill(this.to, error.code === "unprocessable" ? t("decide.no-letter", {why: error.message}) : sentence(error));
            fill(this.state);
        }
    }

    async send(close) {
        const body = {version: this.entry.version, ...this.body()};
        if (this.silent.checked) body.letter = {silent: true};
        else if (this.changed) body.letter = {subject: this.subject.value.trim(), text: this.text.value};
        if (await attempt(() => post(`/entries/${this.entry.id}/${this.action}`, body), this.context.reload)) {
            close(true);
            tell(t(DONE[this.action]));
            this.context.reload();
        }
    }

    form(close) {
        const go = h(
            `button.${this.action === "reject" ? "danger" : "primary"}.do-decide`,
            {type: "submit", autofocus: !this.reason},
            t(`decide.${this.action}`),
        );
        return h(
            "form.dialog-body",
            {
                onsubmit: async (event) => {
                    event.preventDefault();
                    go.disabled = true;
                    await this.send(close);
                    go.disabled = false;
                },
            },
            this.scope.options.length > 1 && labelled(t("decide.scope"), this.scope),
            this.reason && labelled(t(`decide.reason.${this.action}`), this.reason),
            h("h3", null, t("decide.letter")),
            h("label.check", {for: "decide-silent"}, this.silent, t("decide.silent")),
            this.words,
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), go),
        );
    }
}

export function decide(context, entry, action, document) {
    const it = new Decision(context, entry, action, document);
    it.preview(true);
    return ask(t(`decide.${action}`), (close) => it.form(close), {wide: true});
}
