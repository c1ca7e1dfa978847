// page_meetings.js: meetings and who takes part.
import {get, put, query as queryText} from "./api.js";
import {h, theirs} from "./dom.js";
import {attempt, tell} from "./notice.js";
import {dutyTable} from "./page_duties.js";
import {badge, empty, exporting, facts, filterForm, heading, labelled, pager, select, table} from "./widgets.js";
import {t} from "./words.js";

function meetingTable(meetings) {
    return table(
        t("meetings.title"),
        [t("meetings.days"), t("meetings.name"), t("meetings.place"), t("meetings.groups"), t("meetings.participants"), t("experts.state")],
        meetings.map((one) => [
            `${one.first_day} – ${one.last_day}`,
            h("a", {href: `#/meetings/${one.id}`}, theirs(one.name)),
            theirs(one.place || "—"),
            one.groups.map((group) => h("span.chip", null, theirs(group))),
            one.participants,
            badge(one.state),
        ]),
    );
}

export async function meetings(context) {
    const values = context.query;
    const load = async (after) => {
        const answer = await get("/meetings", {...values, after});
        return {rows: answer.meetings, next: answer.next};
    };
    const first = await load();
    const box = h("div", null, first.rows.length ? meetingTable(first.rows) : empty());
    const more = pager(load, (rows) => box.append(meetingTable(rows)));
    more.from(first.next);
    return {
        title: t("meetings.title"),
        node: h(
            "div",
            null,
            heading(t("meetings.title"), exporting("meetings", values)),
            filterForm(
                t("queue.filters"),
                h(
                    "div.filters-row",
                    null,
                    labelled(t("meetings.year"), h("input", {name: "year", type: "number", min: 1990, max: 2200, value: values.year || ""})),
                ),
                (typed) => (location.hash = `#/meetings${queryText(typed)}`),
            ),
            box,
            more.box,
        ),
    };
}

const STATES = ["registered", "attended", "absent", "excused"];

/** Sets whether PARTY took part, and shows the page anew. */
async function attend(context, meeting, party, state) {
    if (await attempt(() => put(`/meetings/${meeting}/participants/${party}`, {state}))) tell(t("entry.saved"));
    context.reload();
}

function stateOf(context, meeting, each) {
    if (context.session.user.role === "reader") return badge(each.state);
    return select(
        STATES.map((state) => [state, t(`state.${state}`)]),
        each.state,
        {
            "aria-label": t("meetings.state.of", {name: each.name}),
            onchange: (event) => attend(context, meeting, each.party, event.target.value),
        },
    );
}

/** Whom nobody registered, but who came. */
function newcomer(context, meeting, people) {
    const there = new Set(meeting.participant_list.map((each) => each.party));
    const others = people.filter((one) => !there.has(one.id)).map((one) => [String(one.id), `${one.name} ${one.organisation || ""}`]);
    if (others.length === 0) return null;
    const who = select(others, others[0][0], {name: "party"});
    return h(
        "form.kind.newcomer",
        {
            onsubmit: (event) => {
                event.preventDefault();
                attend(context, meeting.id, who.value, "attended");
            },
        },
        labelled(t("meetings.add"), who),
        h("button", {type: "submit"}, t("meetings.add.do")),
    );
}

/** All active experts, page by page. */
async function allExperts() {
    const people = [];
    for (let after = null; ; ) {
        const answer = await get("/experts", {state: "active", limit: 200, after});
        people.push(...answer.experts);
        if (!answer.next) return people;
        after = answer.next;
    }
}

export async function meetingPage(context) {
    const may = context.session.user.role !== "reader";
    const [one, people] = await Promise.all([get(`/meetings/${context.id}`), may ? allExperts() : []]);
    return {
        title: one.name,
        node: h(
            "div",
            null,
            heading(theirs(one.name), badge(one.state)),
            h(
                "section.panel",
                null,
                facts([
                    [t("meetings.days"), `${one.first_day} – ${one.last_day}`],
                    [t("meetings.place"), one.place && theirs(one.place)],
                    [t("meetings.host"), one.host && theirs(one.host)],
                    [t("meetings.contact"), one.contact && theirs(one.contact)],
                    [t("meetings.groups"), one.groups.map((group) => h("span.chip", null, theirs(group)))],
                ]),
            ),
            h(
                "section.panel",
                null,
                h("h2", null, t("meetings.participants")),
                one.participant_list.length
                    ? table(
                          t("meetings.participants"),
                          [t("experts.name"), t("experts.organisation"), t("experts.state")],
                          one.participant_list.map((each) => [
                              h("a", {href: `#/experts/${each.party}`}, theirs(each.name)),
                              theirs(each.organisation || "—"),
                              stateOf(context, one.id, each),
                          ]),
                      )
                    : empty(),
                newcomer(context, one, people),
            ),
            h("section.panel", null, h("h2", null, t("duties.title")), one.duties.length ? dutyTable(t("duties.title"), one.duties) : empty()),
        ),
    };
}
