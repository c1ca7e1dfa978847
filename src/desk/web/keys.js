// keys.js: the keyboard. Letters work while no text is being written and no dialog is open; they can be switched off.
import {ask} from "./dialog.js";
import {h} from "./dom.js";
import {t} from "./words.js";

const PREFIX_MS = 1500;
const GO = {
    q: "#/queue",
    d: "#/duties",
    c: "#/duties?show=calendar",
    l: "#/letters",
    e: "#/experts",
    m: "#/meetings",
    s: "#/search",
    f: "#/statistics",
    y: "#/system",
};
let ofPage = {};
let prefix = 0;

export function usePageKeys(keys) {
    ofPage = keys || {};
}

function off() {
    return localStorage.getItem("shouwen.keys") === "off";
}

function isWriting(target) {
    return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog");
}

function line(keys, words) {
    return h(
        "tr",
        null,
        h(
            "td",
            null,
            keys.map((key) => h("kbd", null, key)),
        ),
        h("td", null, words),
    );
}

/** The sheet of keys. */
export function help() {
    const box = h("input", {
        type: "checkbox",
        checked: !off(),
        id: "keys-on",
        onchange: () => localStorage.setItem("shouwen.keys", box.checked ? "on" : "off"),
    });
    return ask(t("keys.title"), () =>
        h(
            "div.dialog-body",
            null,
            h(
                "table.keys",
                null,
                h(
                    "tbody",
                    null,
                    line(["j", "k"], t("keys.move")),
                    line(["Enter"], t("keys.open")),
                    line(["x"], t("keys.check")),
                    line(["a"], t("keys.accept")),
                    line(["r"], t("keys.return")),
                    line(["e"], t("keys.reject")),
                    line(["c"], t("keys.comment")),
                    line(["s"], t("keys.assign")),
                    line(["n", "p"], t("keys.document")),
                    line(["u"], t("keys.up")),
                    line(["/"], t("keys.search")),
                    Object.keys(GO).map((key) => line(["g", key], t(`keys.go.${key}`))),
                    line(["?"], t("keys.help")),
                    line(["Esc"], t("keys.escape")),
                ),
            ),
            h("label.check", {for: "keys-on"}, box, t("keys.on")),
        ),
    );
}

function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target) || document.querySelector("dialog[open]"))
        return;
    const after = Date.now() - prefix < PREFIX_MS;
    prefix = 0;
    let act = null;
    if (event.key === "?") act = help;
    else if (off()) return;
    else if (after && GO[event.key]) act = () => (location.hash = GO[event.key]);
    else if (event.key === "g") act = () => (prefix = Date.now());
    else if (event.key === "/")
        act = () => (document.querySelector(".head-search input") || document.querySelector("main input[type=search]"))?.focus();
    else act = ofPage[event.key];
    if (act) {
        event.preventDefault();
        act();
    }
}

document.addEventListener("keydown", pressed);
