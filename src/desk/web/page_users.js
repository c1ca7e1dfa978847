// page_users.js: who may use the desk; for administrators.
import {get, patch, post, put} from "./api.js";
import {ask, buttons} from "./dialog.js";
import {h, theirs} from "./dom.js";
import {when} from "./format.js";
import {attempt, tell} from "./notice.js";
import {badge, heading, labelled, select, table} from "./widgets.js";
import {t} from "./words.js";

const ROLES = ["reader", "clerk", "reviewer", "administrator"];

function roleOptions() {
    return ROLES.map((role) => [role, t(`role.${role}`)]);
}

/** A form in a dialog; WORK(values) is done when it is sent, and the dialog stays open when that fails. */
function form(title, controls, yes, work) {
    return ask(title, (close) => {
        const node = h(
            "form.dialog-body",
            {
                onsubmit: async (event) => {
                    event.preventDefault();
                    if (await attempt(() => work(Object.fromEntries(new FormData(node))))) close(true);
                },
            },
            controls,
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, yes)),
        );
        return node;
    });
}

async function finished(context, done) {
    if (await done) {
        tell(t("users.saved"));
        context.reload();
    }
}

function add(context) {
    return finished(
        context,
        form(
            t("users.add"),
            [
                labelled(
                    t("users.name"),
                    h("input", {name: "name", required: true, pattern: "[a-z0-9._\\-]{2,40}", autocapitalize: "none"}),
                    t("setup.name.hint"),
                ),
                labelled(t("users.shown"), h("input", {name: "shown", required: true})),
                labelled(t("users.role"), select(roleOptions(), "clerk", {name: "role"})),
                labelled(
                    t("login.password"),
                    h("input", {name: "password", type: "password", minlength: 10, autocomplete: "new-password"}),
                    t("users.password.hint"),
                ),
            ],
            t("users.add"),
            (values) => post("/users", {...values, password: values.password || null}),
        ),
    );
}

function edit(context, user) {
    return finished(
        context,
        form(
            user.name,
            [
                labelled(t("users.shown"), h("input", {name: "shown", required: true, value: user.shown})),
                labelled(t("users.role"), select(roleOptions(), user.role, {name: "role"})),
            ],
            t("save"),
            (values) => patch(`/users/${user.id}`, values),
        ),
    );
}

function setPassword(context, user) {
    return finished(
        context,
        form(
            t("users.password"),
            labelled(
                t("users.password.new", {name: user.shown}),
                h("input", {name: "password", type: "password", required: true, minlength: 10, autocomplete: "new-password"}),
                t("setup.password.hint"),
            ),
            t("save"),
            (values) => put(`/users/${user.id}/password`, values),
        ),
    );
}

export async function users(context) {
    const answer = await get("/users");
    const self = context.session.user.id;
    const button = (words, act) => h("button.small", {type: "button", onclick: act}, words);
    const toggle = (user) =>
        attempt(async () => {
            await patch(`/users/${user.id}`, {disabled: !user.disabled});
            context.reload();
        });
    return {
        title: t("users.title"),
        node: h(
            "div",
            null,
            heading(t("users.title"), h("button.primary", {type: "button", onclick: () => add(context)}, t("users.add"))),
            table(
                t("users.title"),
                [t("users.name"), t("users.shown"), t("users.role"), t("users.state"), t("users.seen"), t("entry.actions")],
                answer.users.map((user) => [
                    [theirs(user.name), user.id === self && h("span.faint", null, t("users.you"))],
                    theirs(user.shown),
                    t(`role.${user.role}`),
                    [
                        badge(user.disabled ? "closed" : "accepted", t(user.disabled ? "users.disabled" : "users.active")),
                        !user.has_password && h("div.faint", null, t("users.proxy")),
                    ],
                    when(user.seen),
                    h(
                        "div.row-tools",
                        null,
                        button(t("users.edit"), () => edit(context, user)),
                        button(t("users.password"), () => setPassword(context, user)),
                        user.id !== self && button(t(user.disabled ? "users.enable" : "users.disable"), () => toggle(user)),
                    ),
                ]),
            ),
        ),
    };
}
