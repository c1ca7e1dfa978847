// page_search.js: search over everything that was read.
import {get, query as queryText} from "./api.js";
import {h, put, theirs} from "./dom.js";
import {when} from "./format.js";
import {badge, empty, exporting, filterForm, heading, kindOptions, labelled, pager, select} from "./widgets.js";
import {kindName, t} from "./words.js";

/** The snippet with what was found marked. */
function marked(hit) {
    const node = h("bdi");
    let at = 0;
    for (const [start, length] of hit.ranges) {
        put(node, hit.snippet.slice(at, start), h("mark", null, hit.snippet.slice(start, start + length)));
        at = start + length;
    }
    return put(node, hit.snippet.slice(at));
}

function hitNode(hit) {
    const words = [hit.reference && h("span.reference", null, hit.reference), " ", theirs(hit.filename || hit.subject || "—")];
    const href = hit.entry && `#/entry/${hit.entry}?doc=${hit.document ? `d${hit.document}` : `m${hit.message}`}`;
    return h(
        "li.hit-row",
        null,
        h(
            "div.hit-head",
            null,
            href ? h("a", {href}, words) : h("span", null, words),
            hit.kind && h("span.chip", null, kindName(hit.kind)),
            hit.state && badge(hit.state),
        ),
        h("p.snippet", null, marked(hit)),
        h("p.faint", null, theirs(hit.sender_name || ""), " · ", when(hit.received)),
    );
}

async function results(values) {
    const load = async (after) => {
        const answer = await get("/search", {...values, after});
        return {rows: answer.hits, next: answer.next};
    };
    const first = await load();
    if (first.rows.length === 0) return empty(t("search.none", {q: values.q}));
    const list = h("ul.hits", {"aria-label": t("search.found")}, first.rows.map(hitNode));
    const more = pager(load, (rows) => put(list, rows.map(hitNode)));
    more.from(first.next);
    return [list, more.box];
}

export async function search(context) {
    const values = context.query;
    const input = h("input", {type: "search", name: "q", required: true, value: values.q || ""});
    return {
        title: values.q ? `${t("search.title")} ${values.q}` : t("search.title"),
        node: h(
            "div",
            null,
            heading(t("search.title"), values.q && exporting("search", values)),
            filterForm(
                t("search.title"),
                h(
                    "div.filters-row.search-row",
                    null,
                    labelled(t("search.label"), input, t("search.hint")),
                    labelled(t("search.kind"), select(kindOptions(["", t("any")]), values.kind, {name: "kind"})),
                    h("button.primary", {type: "submit"}, t("search.do")),
                ),
                (typed) => (location.hash = `#/search${queryText(typed)}`),
            ),
            values.q ? await results(values) : null,
        ),
        placed: () => !values.q && input.focus(),
    };
}
