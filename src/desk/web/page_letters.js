// page_letters.js: what was written to whom: held, on its way, failed, bounced.
import {address, get, post, query as queryText} from "./api.js";
import {askText, confirm} from "./dialog.js";
import {h, theirs} from "./dom.js";
import {when} from "./format.js";
import {attempt, tell} from "./notice.js";
import {badge, empty, exporting, facts, heading, letterName, pager, table, tabs} from "./widgets.js";
import {t, whyName} from "./words.js";

const STATES = ["all", "held", "queued", "sent", "failed", "bounced"];
const DONE = {release: "letters.released", resend: "letters.resent", hold: "letters.heldnow"};

function letterTable(letters) {
    return table(
        t("letters.title"),
        [t("letters.state"), t("letters.kind"), t("letters.subject"), t("letters.to"), t("letters.created"), t("duties.entry")],
        letters.map((letter) => [
            [badge(letter.state), letter.reason && h("div.faint", null, theirs(whyName(letter.reason)))],
            letterName(letter.kind),
            h("a", {href: `#/letters/${letter.id}`}, theirs(letter.subject)),
            theirs(letter.recipient),
            when(letter.created),
            letter.entry ? h("a", {href: `#/entry/${letter.entry}`}, letter.reference) : "—",
        ]),
    );
}

export async function letters(context) {
    const values = context.query;
    const load = async (after) => {
        const answer = await get("/letters", {...values, after});
        return {rows: answer.letters, next: answer.next};
    };
    const [first, system] = await Promise.all([load(), get("/system")]);
    const box = h("div", null, first.rows.length ? letterTable(first.rows) : empty());
    const more = pager(load, (rows) => box.append(letterTable(rows)));
    more.from(first.next);
    const state = values.state || "all";
    return {
        title: t("letters.title"),
        live: context.refresh,
        node: h(
            "div",
            null,
            heading(t("letters.title"), exporting("letters", values)),
            tabs(
                t("letters.tabs"),
                STATES.map((id) => ({
                    href: `#/letters${queryText({state: id === "all" ? "" : id})}`,
                    words: t(`state.${id}`),
                    count: system.letters[id],
                    on: id === state,
                })),
            ),
            box,
            more.box,
        ),
    };
}

function letterTools(context, letter) {
    const role = context.session.user.role;
    const send = (name, body) =>
        attempt(async () => {
            await post(`/letters/${letter.id}/${name}`, body);
            tell(t(DONE[name]));
            context.reload();
        });
    const sure = (name) => async () => {
        if (await confirm(t(`letters.${name}`), t(`letters.confirm.${name}`, {to: letter.recipient}), t(`letters.${name}`))) await send(name);
    };
    const hold = async () => {
        const reason = await askText(t("letters.hold"), t("reason"), t("letters.hold"));
        if (reason) await send("hold", {reason});
    };
    if (role !== "reviewer" && role !== "administrator") return [];
    return [
        letter.state === "held" && h("button.primary", {type: "button", onclick: sure("release")}, t("letters.release")),
        letter.state === "queued" && h("button", {type: "button", onclick: hold}, t("letters.hold")),
        (letter.state === "failed" || letter.state === "bounced") &&
            h("button.primary", {type: "button", onclick: sure("resend")}, t("letters.resend")),
    ];
}

export async function letterPage(context) {
    const letter = await get(`/letters/${context.id}`);
    return {
        title: letter.subject,
        live: context.refresh,
        node: h(
            "div",
            null,
            heading(
                theirs(letter.subject),
                letterTools(context, letter),
                h("a.button", {href: address(`/letters/${letter.id}/original`), download: ""}, t("letters.original")),
            ),
            h(
                "section.panel",
                null,
                facts([
                    [t("letters.state"), [badge(letter.state), " ", theirs(whyName(letter.reason || ""))]],
                    [t("letters.kind"), letterName(letter.kind)],
                    [t("letters.to"), theirs(letter.recipient)],
                    [t("letters.created"), when(letter.created)],
                    [t("letters.sent"), letter.sent && when(letter.sent)],
                    [t("letters.next"), letter.next_try && when(letter.next_try)],
                    ["", letter.attempts > 0 && t("letters.attempts", {n: letter.attempts})],
                    [t("letters.answer"), letter.answer && theirs(letter.answer)],
                    [t("letters.by"), letter.released_by && theirs(letter.released_by)],
                    [t("duties.entry"), letter.entry && h("a", {href: `#/entry/${letter.entry}`}, letter.reference)],
                ]),
            ),
            h(
                "section.panel",
                null,
                h("h2", null, t("letters.text")),
                h("iframe.letter-frame", {
                    src: address(`/letters/${letter.id}/view`),
                    sandbox: "",
                    referrerpolicy: "no-referrer",
                    title: t("letters.text"),
                }),
            ),
        ),
    };
}
