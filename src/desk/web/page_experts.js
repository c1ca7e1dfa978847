// page_experts.js: the registry of experts, with Art. 11, 12 and 29 in figures.
import {get, query as queryText} from "./api.js";
import {h, theirs} from "./dom.js";
import {day, when} from "./format.js";
import {dutyTable} from "./page_duties.js";
import {badge, empty, exporting, facts, filterForm, heading, labelled, pager, select, table} from "./widgets.js";
import {kindName, t} from "./words.js";

function attended(figures) {
    return figures.meetings ? t("experts.attended", {n: figures.attended, of: figures.meetings}) : "—";
}

function expertTable(experts) {
    return table(
        t("experts.title"),
        [
            t("experts.name"),
            t("experts.organisation"),
            t("experts.group"),
            t("experts.attendance"),
            t("experts.contributions"),
            t("experts.duties"),
            t("experts.state"),
        ],
        experts.map((one) => [
            [h("a", {href: `#/experts/${one.id}`}, theirs(one.name)), one.name_latin && h("div.faint", null, theirs(one.name_latin))],
            theirs(one.organisation || "—"),
            one.working_groups.map((group) => h("span.chip", null, theirs(group))),
            attended(one.figures),
            one.figures.contributions,
            one.figures.duties_open,
            badge(one.state),
        ]),
    );
}

export async function experts(context) {
    const values = context.query;
    const load = async (after) => {
        const answer = await get("/experts", {...values, after});
        return {rows: answer.experts, next: answer.next};
    };
    const first = await load();
    const box = h("div", null, first.rows.length ? expertTable(first.rows) : empty());
    const more = pager(load, (rows) => box.append(expertTable(rows)));
    more.from(first.next);
    return {
        title: t("experts.title"),
        node: h(
            "div",
            null,
            heading(t("experts.title"), exporting("experts", values)),
            filterForm(
                t("queue.filters"),
                h(
                    "div.filters-row",
                    null,
                    labelled(t("experts.text"), h("input", {name: "text", value: values.text || ""})),
                    labelled(t("experts.group"), h("input", {name: "group", value: values.group || ""})),
                    labelled(
                        t("experts.state"),
                        select(
                            [
                                ["", t("all")],
                                ["active", t("state.active")],
                                ["withdrawn", t("state.withdrawn")],
                            ],
                            values.state,
                            {name: "state"},
                        ),
                    ),
                ),
                (typed) => (location.hash = `#/experts${queryText(typed)}`),
            ),
            box,
            more.box,
        ),
    };
}

function figures(one) {
    return facts([
        [
            t("experts.attendance"),
            [
                attended(one),
                one.absent > 0 && ` · ${t("experts.absent", {n: one.absent})}`,
                one.excused > 0 && ` · ${t("experts.excused", {n: one.excused})}`,
            ],
        ],
        [t("experts.contributions"), String(one.contributions)],
        [
            t("experts.duties"),
            [
                String(one.duties_open),
                ` · ${t("experts.met", {n: one.duties_met})}`,
                one.duties_late > 0 && ` · ${t("experts.late", {n: one.duties_late})}`,
            ],
        ],
    ]);
}

export async function expertPage(context) {
    const one = await get(`/experts/${context.id}`);
    return {
        title: one.name,
        node: h(
            "div",
            null,
            heading([theirs(one.name), " ", h("span.faint", null, theirs(one.name_latin || ""))], badge(one.state)),
            h(
                "section.panel",
                null,
                facts([
                    [t("experts.organisation"), one.organisation && theirs(one.organisation)],
                    [t("experts.job"), one.title && theirs(one.title)],
                    [t("experts.address"), one.address && theirs(one.address)],
                    [t("experts.phone"), one.phone && theirs(one.phone)],
                    [t("experts.group"), one.working_groups.map((group) => h("span.chip", null, theirs(group)))],
                    [t("experts.since"), day(one.since)],
                    [t("experts.until"), one.until && day(one.until)],
                    [t("experts.origin"), t(`experts.origin.${one.origin}`)],
                ]),
            ),
            h("section.panel", null, h("h2", null, t("experts.figures")), figures(one.figures)),
            h(
                "section.panel",
                null,
                h("h2", null, t("experts.meetings")),
                one.meetings.length
                    ? table(
                          t("experts.meetings"),
                          [t("meetings.name"), t("meetings.days"), t("experts.state")],
                          one.meetings.map((each) => [
                              h("a", {href: `#/meetings/${each.id}`}, theirs(each.name)),
                              `${each.first_day} – ${each.last_day}`,
                              badge(each.state),
                          ]),
                      )
                    : empty(),
            ),
            h(
                "section.panel",
                null,
                h("h2", null, t("experts.documents")),
                one.documents.length
                    ? table(
                          t("experts.documents"),
                          [t("queue.col.reference"), t("doc.kind"), t("doc.file"), t("experts.state"), t("entry.received")],
                          one.documents.map((each) => [
                              h("a", {href: `#/entry/${each.entry}?doc=d${each.id}`}, each.reference),
                              kindName(each.kind),
                              theirs(each.filename || "—"),
                              badge(each.state),
                              when(each.received),
                          ]),
                      )
                    : empty(),
            ),
            h("section.panel", null, h("h2", null, t("experts.duties")), one.duties.length ? dutyTable(t("experts.duties"), one.duties) : empty()),
        ),
    };
}
