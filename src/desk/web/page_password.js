// page_password.js: one's own password.
import {put} from "./api.js";
import {fill, h} from "./dom.js";
import {sentence, tell} from "./notice.js";
import {heading, labelled} from "./widgets.js";
import {t} from "./words.js";

export function password({session}) {
    const error = h("p.error", {role: "alert"});
    const form = h(
        "form.card.left",
        {
            onsubmit: async (event) => {
                event.preventDefault();
                const values = Object.fromEntries(new FormData(form));
                fill(error);
                if (values.repeat !== values.new) {
                    fill(error, t("setup.differ"));
                    return;
                }
                try {
                    await put("/session/password", {old: values.old, new: values.new});
                    form.reset();
                    tell(t("password.done"));
                } catch (failure) {
                    fill(error, failure.code === "forbidden" ? t("password.wrong") : sentence(failure));
                }
            },
        },
        h("input", {type: "text", name: "name", value: session.user.name, autocomplete: "username", hidden: true, readonly: true}),
        labelled(t("password.old"), h("input", {name: "old", type: "password", required: true, autocomplete: "current-password"})),
        labelled(
            t("password.new"),
            h("input", {name: "new", type: "password", required: true, minlength: 10, autocomplete: "new-password"}),
            t("setup.password.hint"),
        ),
        labelled(t("setup.repeat"), h("input", {name: "repeat", type: "password", required: true, autocomplete: "new-password"})),
        error,
        h("div.card-foot", null, h("button.primary", {type: "submit"}, t("password.do"))),
    );
    return {
        title: t("password.title"),
        node: h("div", null, heading(t("password.title")), session.user.has_password ? form : h("p", null, t("password.proxy"))),
    };
}
