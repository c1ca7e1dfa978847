// page_duties.js: who owes what by when: as a list, as a month, and one by one with its plan of reminders.
import {get, post, query as queryText} from "./api.js";
import {ask, askText, buttons} from "./dialog.js";
import {calendar} from "./calendar.js";
import {h, theirs} from "./dom.js";
import {due, when} from "./format.js";
import {attempt, tell} from "./notice.js";
import {badge, empty, exporting, facts, filterForm, heading, kindOptions, labelled, pager, select, table, tabs} from "./widgets.js";
import {currentLanguage, dutyName, t, tOr} from "./words.js";

const STATES = ["unsettled", "open", "claimed", "met", "waived", "all"];

export function dutyWho(duty) {
    return duty.name || duty.address ? theirs(duty.name || duty.address) : t("duties.office");
}

export function dutyBadge(duty) {
    return [badge(duty.state, duty.state === "open" ? t("duty.open") : undefined), duty.held && h("div.faint", null, t("duties.held"))];
}

export function dutyWhy(duty) {
    return theirs(currentLanguage() === "zh" ? duty.why_zh : duty.why_en);
}

export function dutyTable(caption, duties) {
    return table(caption, [t("duties.due"), t("duties.what"), t("duties.who"), t("duties.why"), t("duties.state")], duties.map(dutyCells));
}

function dutyCells(duty) {
    return [due(duty.due), h("a", {href: `#/duties/${duty.id}`}, dutyName(duty.what)), dutyWho(duty), dutyWhy(duty), dutyBadge(duty)];
}

/* --- a new one ------------------------------------------------------------------------------------------------------------------ */

async function addDuty(reload) {
    const what = select([...kindOptions(["other", dutyName("other")])], "other", {name: "what"});
    const made = await ask(t("duties.add"), (close) => {
        const form = h(
            "form.dialog-body",
            {
                onsubmit: async (event) => {
                    event.preventDefault();
                    const values = Object.fromEntries([...new FormData(form)].filter(([, text]) => text));
                    if (await attempt(() => post("/duties", values))) close(true);
                },
            },
            labelled(t("duties.what"), what),
            labelled(t("duties.name"), h("input", {name: "name", maxlength: 200})),
            labelled(t("duties.address"), h("input", {name: "address", type: "email", maxlength: 200})),
            labelled(t("duties.why"), h("textarea", {name: "why", required: true, rows: 3})),
            labelled(t("duties.due"), h("input", {name: "due", type: "date", required: true})),
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), h("button.primary", {type: "submit"}, t("duties.add"))),
        );
        return form;
    });
    if (made) {
        tell(t("duties.saved"));
        reload();
    }
}

/* --- the list ------------------------------------------------------------------------------------------------------------------- */

function dutyFilters(values) {
    const overdue = h("input", {type: "checkbox", name: "overdue", value: "true", checked: values.overdue === "true"});
    return filterForm(
        t("queue.filters"),
        h(
            "div.filters-row",
            null,
            labelled(t("duties.text"), h("input", {name: "text", value: values.text || ""})),
            labelled(t("duties.what"), select(kindOptions(["", t("any")]), values.what, {name: "what"})),
            h("label.check", null, overdue, t("duties.overdue")),
        ),
        (typed) => (location.hash = `#/duties${queryText({state: values.state, ...typed})}`),
    );
}

async function list(values) {
    const load = async (after) => {
        const answer = await get("/duties", {...values, after});
        return {rows: answer.duties, next: answer.next};
    };
    const first = await load();
    const box = h("div", null, first.rows.length ? dutyTable(t("duties.title"), first.rows) : empty());
    const more = pager(load, (rows) => box.append(dutyTable(t("duties.title"), rows)));
    more.from(first.next);
    const state = values.state || "unsettled";
    return [
        tabs(
            t("letters.tabs"),
            STATES.map((id) => ({
                href: `#/duties${queryText({...values, state: id})}`,
                on: id === state,
                words: id === "open" ? t("duty.open") : t(`state.${id}`),
            })),
        ),
        dutyFilters(values),
        box,
        more.box,
    ];
}

export async function duties(context) {
    const {show, month, ...values} = context.query;
    const inMonth = show === "calendar";
    const clerk = context.session.user.role !== "reader";
    const body = inMonth ? await calendar(month) : await list(values);
    return {
        title: t("duties.title"),
        live: context.refresh,
        node: h(
            "div",
            null,
            heading(
                t("duties.title"),
                h(
                    "div.switch",
                    {role: "group", "aria-label": t("duties.view")},
                    h("a.button", {href: "#/duties", "aria-current": inMonth ? null : "true"}, t("duties.list")),
                    h("a.button", {href: "#/duties?show=calendar", "aria-current": inMonth ? "true" : null}, t("duties.calendar")),
                ),
                exporting("duties", values),
                clerk && h("button.primary", {type: "button", onclick: () => addDuty(context.reload)}, t("duties.add")),
            ),
            body,
        ),
    };
}

/* --- one ------------------------------------------------------------------------------------------------------------------------ */

function occurrence(text) {
    const [name, days] = text.split(" ");
    return tOr(`occurrence.${name}`, text).replace("{n}", days || "");
}

function plan(duty) {
    return duty.reminders.length
        ? table(
              t("duties.plan"),
              [t("duties.occurrence"), t("duties.planned"), t("duties.done"), t("duties.letter")],
              duty.reminders.map((one) => [
                  occurrence(one.occurrence),
                  when(one.planned),
                  one.done ? when(one.done) : t("duties.open"),
                  one.letter ? h("a", {href: `#/letters/${one.letter}`}, t("show")) : theirs(one.why || "—"),
              ]),
          )
        : empty(t("duties.plan.none"));
}

function dutyTools(context, duty) {
    const role = context.session.user.role;
    const act = (name) => async () => {
        const reason = await askText(t(`duties.${name}`), t("reason"), t(`duties.${name}`));
        if (reason && (await attempt(() => post(`/duties/${duty.id}/${name}`, {reason})))) {
            tell(t("duties.saved"));
            context.reload();
        }
    };
    const button = (name) => h("button", {type: "button", onclick: act(name)}, t(`duties.${name}`));
    if (role === "reader" || duty.state === "met" || duty.state === "waived") return [];
    return [button("meet"), button(duty.held ? "release" : "hold"), (role === "reviewer" || role === "administrator") && button("waive")];
}

export async function dutyPage(context) {
    const duty = await get(`/duties/${context.id}`);
    const words = dutyName(duty.what);
    return {
        title: words,
        live: context.refresh,
        node: h(
            "div",
            null,
            heading([words, " · ", dutyWho(duty)], dutyTools(context, duty)),
            h(
                "section.panel",
                null,
                facts([
                    [t("duties.state"), dutyBadge(duty)],
                    [t("duties.due"), due(duty.due)],
                    [t("duties.why"), dutyWhy(duty)],
                    [t("duties.article"), duty.article && theirs(duty.article)],
                    [t("duties.who"), [dutyWho(duty), " ", h("span.faint", null, theirs(duty.address || ""))]],
                    [t("duties.origin"), tOr(`origin.${duty.origin}`, duty.origin)],
                    [t("duties.entry"), duty.entry && h("a", {href: `#/entry/${duty.entry}`}, duty.reference || duty.entry)],
                    [t("duties.meeting"), duty.meeting && h("a", {href: `#/meetings/${duty.meeting}`}, theirs(duty.meeting_name || duty.meeting))],
                    [t("duties.settled"), duty.settled && when(duty.settled)],
                    [t("reason"), duty.reason && theirs(duty.reason)],
                ]),
            ),
            h("section.panel", null, h("h2", null, t("duties.plan")), plan(duty)),
        ),
    };
}
