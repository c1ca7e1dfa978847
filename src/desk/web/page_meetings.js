// page_meetings.js: meetings and who takes part.
import {get, query as queryText} from "./api.js";
import {h, theirs} from "./dom.js";
import {dutyTable} from "./page_duties.js";
import {badge, empty, exporting, facts, filterForm, heading, labelled, pager, table} from "./widgets.js";
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

export async function meetingPage(context) {
    const one = await get(`/meetings/${context.id}`);
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
                              badge(each.state),
                          ]),
                      )
                    : empty(),
            ),
            h("section.panel", null, h("h2", null, t("duties.title")), one.duties.length ? dutyTable(t("duties.title"), one.duties) : empty()),
        ),
    };
}
