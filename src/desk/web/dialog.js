// dialog.js: questions to the person, as <dialog>: the browser keeps the focus inside and gives it back.
import {fill, fresh, h} from "./dom.js";
import {moment} from "./format.js";
import {t, tOr} from "./words.js";

/** Shows a dialog. BODY is made by a function that gets `close`; resolves with what close() was given, or null. */
export function ask(title, body, options = {}) {
    return new Promise((resolve) => {
        const id = fresh("dialog");
        let answer = null;
        const node = h(`dialog.dialog${options.wide ? ".wide" : ""}`, {"aria-labelledby": id});
        const close = (value) => {
            answer = value;
            node.close();
        };
        node.addEventListener("close", () => {
            node.remove();
            resolve(answer);
        });
        fill(
            node,
            h(
                "div.dialog-head",
                null,
                h("h2", {id}, title),
                h("button.icon", {type: "button", "aria-label": t("close"), onclick: () => close(null)}, "×"),
            ),
            body(close),
        );
        document.body.append(node);
        node.showModal();
    });
}

export function buttons(...list) {
    return h("div.dialog-foot", null, list);
}

/** A yes or no; TEXTS are paragraphs. */
export function confirm(title, texts, yes, danger) {
    return ask(title, (close) =>
        h(
            "div.dialog-body",
            null,
            [].concat(texts).map((text) => h("p", null, text)),
            buttons(
                h("button", {type: "button", onclick: () => close(false)}, t("cancel")),
                h(`button.${danger ? "danger" : "primary"}`, {type: "button", autofocus: true, onclick: () => close(true)}, yes),
            ),
        ),
    );
}

/** Asks for one text; a secret one is not shown and kept as it was typed. */
export function askText(title, label, yes, options = {}) {
    const id = fresh("text");
    const area = h(options.lines === 1 ? "input" : "textarea", {
        id,
        required: !options.optional,
        rows: options.lines === 1 ? null : 4,
        maxlength: 4000,
        autofocus: true,
        value: options.value || "",
        type: options.secret ? "password" : null,
        autocomplete: options.secret ? "off" : null,
    });
    return ask(title, (close) =>
        h(
            "form.dialog-body",
            {
                onsubmit: (event) => {
                    event.preventDefault();
                    close(options.secret ? area.value : area.value.trim());
                },
            },
            options.note && h("p", null, options.note),
            h("label.stack", {for: id}, label),
            area,
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, yes)),
        ),
    );
}

/** Somebody was faster. Resolves true when the page shall be loaded anew. */
export function conflict(error) {
    const {by, at, verb} = error.detail;
    return ask(t("conflict.title"), (close) =>
        h(
            "div.dialog-body.conflict",
            null,
            h(
                "p",
                null,
                by ? t("conflict.by", {by, at: at ? moment(at) : t("conflict.just"), what: tOr(`verb.${verb}`, verb || "")}) : t("conflict.unknown"),
            ),
            h("p", null, t("conflict.kept")),
            buttons(
                h("button", {type: "button", onclick: () => close(false)}, t("conflict.stay")),
                h("button.primary", {type: "button", autofocus: true, onclick: () => close(true)}, t("conflict.reload")),
            ),
        ),
    );
}

/** Closes all that are open: the page beneath is loaded anew. */
export function closeAll() {
    for (const node of document.querySelectorAll("dialog[open]")) node.close();
}
