// entry_lines.js: two texts side by side, line by line: what differs, and only that.
import {h, theirs} from "./dom.js";
import {t} from "./words.js";

const CELLS_MAX = 4000000; // of the table below, when all that is alike at both ends is taken away

/** Lengths of the longest common subsequence of A from i on and B from j on, as rows of numbers. */
function common(a, b) {
    const rows = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--) rows[i][j] = a[i] === b[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    return rows;
}

/** The places where OLD and FRESH (lists of lines) differ: [{old: [line…], fresh: [line…]}…]. */
export function changes(old, fresh) {
    let start = 0;
    let end = 0;
    const least = Math.min(old.length, fresh.length);
    while (start < least && old[start] === fresh[start]) start++;
    while (end < least - start && old.at(-1 - end) === fresh.at(-1 - end)) end++;
    const a = old.slice(start, old.length - end);
    const b = fresh.slice(start, fresh.length - end);
    if (a.length * b.length > CELLS_MAX) return [{old: a, fresh: b}];
    const rows = common(a, b);
    const found = [];
    let place = {old: [], fresh: []};
    for (let i = 0, j = 0; i < a.length || j < b.length; ) {
        if (i < a.length && j < b.length && a[i] === b[j]) {
            if (place.old.length + place.fresh.length) found.push(place);
            place = {old: [], fresh: []};
            i++;
            j++;
        } else if (j === b.length || (i < a.length && rows[i + 1][j] >= rows[i][j + 1])) place.old.push(a[i++]);
        else place.fresh.push(b[j++]);
    }
    if (place.old.length + place.fresh.length) found.push(place);
    return found;
}

function line(kind, label, text) {
    return h(`td${text === undefined ? "" : `.${kind}`}`, {"data-label": label}, text === undefined ? "" : theirs(text));
}

export function lineTable(old, fresh) {
    const found = changes(old, fresh);
    if (found.length === 0) return h("p.faint", null, t("compare.lines.none"));
    const body = (place) =>
        h(
            "tbody",
            null,
            Array.from({length: Math.max(place.old.length, place.fresh.length)}, (_, i) =>
                h("tr", null, line("old", t("compare.old"), place.old[i]), line("fresh", t("compare.new"), place.fresh[i])),
            ),
        );
    return h(
        "table.list.compare.lines",
        null,
        h("caption.hidden", null, t("compare.lines")),
        h(
            "thead",
            null,
            h(
                "tr",
                null,
                [t("compare.old"), t("compare.new")].map((words) => h("th", {scope: "col"}, words)),
            ),
        ),
        found.map(body),
    );
}
