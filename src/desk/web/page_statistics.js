// page_statistics.js: figures: intake, how long things take, how well documents are read.
import {get, query as queryText} from "./api.js";
import {bars, columns} from "./chart.js";
import {h} from "./dom.js";
import {number, percent, span} from "./format.js";
import {empty, exporting, filterForm, heading, labelled, table} from "./widgets.js";
import {fieldName, kindName, stateName, t} from "./words.js";

const SERIES = 7; // kinds with a colour of their own; the rest share the last

function kindsByNumber(weeks) {
    const sums = new Map();
    for (const week of weeks) for (const [kind, n] of Object.entries(week.kinds)) sums.set(kind, (sums.get(kind) || 0) + n);
    return [...sums].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
}

function weeksPart(weeks) {
    const kinds = kindsByNumber(weeks);
    if (kinds.length === 0) return empty(t("statistics.nothing"));
    const own = kinds.slice(0, SERIES);
    const rest = kinds.slice(SERIES);
    const parts = (week) => [
        ...own.map((kind) => week.kinds[kind] || 0),
        ...(rest.length ? [rest.reduce((sum, kind) => sum + (week.kinds[kind] || 0), 0)] : []),
    ];
    return [
        columns(
            t("statistics.weeks"),
            weeks.map((week) => ({label: week.week.slice(5), parts: parts(week)})),
            [...own.map(kindName), ...(rest.length ? ["…"] : [])],
        ),
        h(
            "details",
            null,
            h("summary", null, t("statistics.table")),
            table(
                t("statistics.weeks"),
                [t("statistics.week"), t("total"), ...kinds.map(kindName)],
                weeks.filter((week) => week.total > 0).map((week) => [week.week, number(week.total), ...kinds.map((kind) => week.kinds[kind] || 0)]),
            ),
        ),
    ];
}

function timesPart(answer) {
    const row = (name) => [
        t(`statistics.${name}`),
        number(answer[name].n),
        span(answer[name].median),
        span(answer[name].p90),
        span(answer[name].longest),
    ];
    return table(
        t("statistics.times"),
        [t("statistics.times"), t("statistics.n"), t("statistics.median"), t("statistics.p90"), t("statistics.longest")],
        ["acknowledge", "complete", "decide"].map(row),
    );
}

function accuracyPart(rows) {
    return rows.length
        ? table(
              t("statistics.accuracy"),
              [t("statistics.kind"), t("statistics.field"), t("statistics.read"), t("statistics.corrected"), t("statistics.right")],
              rows.map((row) => [
                  kindName(row.kind),
                  row.field === "kind" ? t("statistics.kindfield") : fieldName(row.field),
                  number(row.read),
                  number(row.corrected),
                  row.read ? percent(1 - row.corrected / row.read) : "—",
              ]),
          )
        : empty(t("statistics.nothing"));
}

export async function statistics(context) {
    const values = context.query;
    const answer = await get("/statistics", values);
    const states = Object.entries(answer.states).map(([state, n]) => ({label: stateName(state), n, class: `is-${state}`}));
    return {
        title: t("statistics.title"),
        node: h(
            "div",
            null,
            heading(t("statistics.title"), exporting("statistics", values)),
            filterForm(
                t("queue.filters"),
                h(
                    "div.filters-row",
                    null,
                    labelled(t("statistics.from"), h("input", {type: "date", name: "from", value: answer.from})),
                    labelled(t("statistics.to"), h("input", {type: "date", name: "to", value: answer.to})),
                ),
                (typed) => (location.hash = `#/statistics${queryText(typed)}`),
            ),
            h("section.panel", null, h("h2", null, t("statistics.weeks")), weeksPart(answer.weeks)),
            h(
                "div.pair",
                null,
                h("section.panel", null, h("h2", null, t("statistics.states")), states.length ? bars(states) : empty(t("statistics.nothing"))),
                h("section.panel", null, h("h2", null, t("statistics.times")), timesPart(answer)),
            ),
            h("section.panel", null, h("h2", null, t("statistics.accuracy")), accuracyPart(answer.accuracy)),
        ),
    };
}
