// notice.js: what the desk tells in passing, and what failed. Both are read out by screen readers.
import {ApiError} from "./api.js";
import {closeAll, conflict} from "./dialog.js";
import {fill, h} from "./dom.js";
import {t, tOr} from "./words.js";

const STAYS_MS = 6000;
const AT_ONCE = 2;
const said = h("div.notices", {role: "status", "aria-live": "polite"});
const alarm = h("div.alarm", {role: "alert"});
let pending = null; // what is tried again when the network is back

export function mount(body) {
    body.append(alarm, said);
}

/** Shown for some seconds. A dialog covers everything else, so the words go into the topmost one. */
export function tell(text) {
    const node = h("div.notice", null, text);
    said.append(node);
    while (said.children.length > AT_ONCE) said.firstChild.remove();
    setTimeout(() => node.remove(), STAYS_MS);
}

/** A sentence for an error: ours by its code, and the server's detail. */
export function sentence(error) {
    if (!(error instanceof ApiError)) return t("error.page", {detail: error.message});
    const words = tOr(`error.${error.code}`, t("error.failed"));
    const wait = error.detail.retry_after ? t("error.wait", {n: error.detail.retry_after}) : "";
    return error.code === "offline" || error.code === "unauthenticated" ? words : `${words}${wait}${t("error.detail", {detail: error.message})}`;
}

/** A bar that stays until it is closed, with a way to try again. */
export function fail(error, again) {
    pending = again;
    fill(
        alarm,
        h(
            "div.alarm-box",
            null,
            h("span", null, sentence(error)),
            again && h("button", {type: "button", onclick: retry}, t("retry")),
            h("button.icon", {type: "button", "aria-label": t("close"), onclick: () => fill(alarm)}, "×"),
        ),
    );
}

export function clear() {
    pending = null;
    fill(alarm);
}

/** Does again what failed, if that is still waited for. */
export function retry() {
    const again = pending;
    clear();
    again?.();
}

/** Does WORK; what fails is told: a conflict by its dialog (then RELOAD is called), the rest by the bar. True when it worked. */
export async function attempt(work, reload) {
    try {
        await work();
        clear();
        return true;
    } catch (error) {
        if (error.code !== "conflict") fail(error);
        else if (await conflict(error)) {
            closeAll();
            reload?.();
        }
        return false;
    }
}
