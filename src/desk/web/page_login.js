// page_login.js: what stands there before anybody is logged in.
import {post} from "./api.js";
import {fill, h} from "./dom.js";
import {sentence} from "./notice.js";
import {labelled} from "./widgets.js";
import {t} from "./words.js";

/** A form of one card; SEND(values) is asked with what was typed; WRONG are the words for code forbidden. */
function card(words, note, controls, button, send, wrong) {
    const error = h("p.error", {role: "alert"});
    const go = h("button.primary", {type: "submit"}, button);
    const form = h(
        "form.card",
        {
            onsubmit: async (event) => {
                event.preventDefault();
                fill(error);
                go.disabled = true;
                try {
                    await send(Object.fromEntries(new FormData(form)));
                } catch (failure) {
                    fill(error, failure.code === "forbidden" ? wrong : failure.code ? sentence(failure) : failure.message);
                    form.querySelector("input[type=password]")?.focus();
                } finally {
                    go.disabled = false;
                }
            },
        },
        h("h1", {tabindex: "-1"}, words),
        note && h("p", null, note),
        controls,
        error,
        h("div.card-foot", null, go),
    );
    return {title: words, node: form};
}

export function login({done, again}) {
    return card(
        t("login.title"),
        again && t("login.again"),
        [
            labelled(t("login.name"), h("input", {name: "name", required: true, autocomplete: "username", autocapitalize: "none"})),
            labelled(t("login.password"), h("input", {name: "password", type: "password", required: true, autocomplete: "current-password"})),
        ],
        t("login.do"),
        async (values) => {
            await post("/session", values);
            await done();
        },
        t("login.wrong"),
    );
}

export function setup({done}) {
    return card(
        t("setup.title"),
        t("setup.note"),
        [
            labelled(t("setup.token"), h("input", {name: "token", required: true, autocomplete: "off"}), t("setup.token.hint")),
            labelled(
                t("setup.name"),
                h("input", {name: "name", required: true, autocomplete: "username", autocapitalize: "none", pattern: "[a-z0-9._\\-]{2,40}"}),
                t("setup.name.hint"),
            ),
            labelled(t("setup.shown"), h("input", {name: "shown", required: true, autocomplete: "name"})),
            labelled(
                t("setup.password"),
                h("input", {name: "password", type: "password", required: true, minlength: 10, autocomplete: "new-password"}),
                t("setup.password.hint"),
            ),
            labelled(t("setup.repeat"), h("input", {name: "repeat", type: "password", required: true, autocomplete: "new-password"})),
        ],
        t("setup.do"),
        async ({repeat, ...values}) => {
            if (repeat !== values.password) throw new Error(t("setup.differ"));
            await post("/setup", values);
            await done();
        },
        t("setup.token.wrong"),
    );
}
