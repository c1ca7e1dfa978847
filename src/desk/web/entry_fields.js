// entry_fields.js: the fields of a document: what was read, how sure, where it stood, and setting it right.
import {post} from "./api.js";
import {fill, fresh, h, theirs} from "./dom.js";
import {moment, percent} from "./format.js";
import {attempt, tell} from "./notice.js";
import {fieldName, t, valueName} from "./words.js";

const SURE = 0.9;
const FAIR = 0.6;
const LONG = 60;

function confidence(field) {
    if (field.origin === "person")
        return h(
            "span.confidence.person",
            {title: field.corrected_by ? t("field.by", {by: field.corrected_by, at: moment(field.corrected)}) : null},
            t("field.person"),
        );
    const level = field.confidence >= SURE ? "sure" : field.confidence >= FAIR ? "fair" : "poor";
    return h(
        `span.confidence.${level}`,
        {title: t(`field.${level}`)},
        h("span.dot", {"aria-hidden": "true"}),
        percent(field.confidence),
        h("span.hidden", null, t(`field.${level}`)),
    );
}

/* --- the value, shown ------------------------------------------------------------------------------------------------------------ */

function isRows(value) {
    return Array.isArray(value) && value.some((one) => one && typeof one === "object");
}

function columnsOf(rows) {
    return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function rowsTable(rows) {
    const columns = columnsOf(rows);
    return h(
        "details.rows",
        null,
        h("summary", null, t("field.rows", {n: rows.length})),
        h(
            "div.table-box",
            null,
            h(
                "table.list.small",
                null,
                h(
                    "thead",
                    null,
                    h(
                        "tr",
                        null,
                        columns.map((id) => h("th", {scope: "col"}, fieldName(id))),
                    ),
                ),
                h(
                    "tbody",
                    null,
                    rows.map((row) =>
                        h(
                            "tr",
                            null,
                            columns.map((id) => h("td", {"data-label": fieldName(id)}, theirs(row[id] ?? ""))),
                        ),
                    ),
                ),
            ),
        ),
    );
}

function shownValue(field) {
    if (field.value === null || field.value === undefined || field.value === "") return h("span.faint", null, t("field.none"));
    if (isRows(field.value)) return rowsTable(field.value);
    if (!Array.isArray(field.value)) return theirs(valueName(field.id, field.shown || String(field.value)));
    return theirs(field.shown || field.value.join("；"));
}

/* --- setting right ---------------------------------------------------------------------------------------------------------------- */

/** Each editor is {node, read()}: what was typed, in the shape of the field's value. */
function textEditor(field, label) {
    const text = field.value === null || field.value === undefined ? "" : String(field.value);
    const control =
        text.length > LONG || text.includes("\n")
            ? h("textarea", {rows: 4, "aria-label": label, value: text})
            : h("input", {"aria-label": label, value: text});
    return {node: control, read: () => control.value.trim() || null};
}

function listEditor(field, label) {
    const hint = fresh("hint");
    const area = h("textarea", {rows: 4, "aria-label": label, "aria-describedby": hint, value: field.value.join("\n")});
    return {
        node: [area, h("span.hint", {id: hint}, t("field.lines"))],
        read: () => {
            const lines = area.value
                .split("\n")
                .map((line) => line.trim())
                .filter(Boolean);
            return lines.length ? lines : null;
        },
    };
}

function rowsEditor(field) {
    const columns = columnsOf(field.value);
    const body = h("tbody");
    const add = (row) => {
        const line = h(
            "tr",
            null,
            columns.map((id) => h("td", null, h("input", {"aria-label": fieldName(id), "data-column": id, value: row[id] ?? ""}))),
            h(
                "td",
                null,
                h(
                    "button.icon",
                    {type: "button", "aria-label": t("field.row.remove", {n: body.children.length + 1}), onclick: () => line.remove()},
                    "×",
                ),
            ),
        );
        body.append(line);
    };
    field.value.forEach(add);
    const read = () => {
        const rows = [...body.children].map((line) =>
            Object.fromEntries(
                [...line.querySelectorAll("input")].map((input) => [input.dataset.column, input.value.trim()]).filter(([, text]) => text),
            ),
        );
        return rows.some((row) => Object.keys(row).length) ? rows.filter((row) => Object.keys(row).length) : null;
    };
    return {
        node: h(
            "div.table-box",
            null,
            h(
                "table.list.small.rows-editor",
                null,
                h(
                    "thead",
                    null,
                    h(
                        "tr",
                        null,
                        columns.map((id) => h("th", {scope: "col"}, fieldName(id))),
                        h("td"),
                    ),
                ),
                body,
            ),
            h("button", {type: "button", onclick: () => add({})}, t("field.row.add")),
        ),
        read,
    };
}

function editorFor(field, label) {
    return isRows(field.value) ? rowsEditor(field) : Array.isArray(field.value) ? listEditor(field, label) : textEditor(field, label);
}

/** Puts a form in place of the value; Escape takes it away. */
function edit(context, entry, document, field, box, back) {
    const label = t("field.edit", {field: fieldName(field.id)});
    const editor = editorFor(field, label);
    const form = h(
        "form.editor",
        {
            onsubmit: async (event) => {
                event.preventDefault();
                const body = {version: entry.version, document: document.id, field: field.id, value: editor.read()};
                if (await attempt(() => post(`/entries/${entry.id}/correct`, body), context.reload)) {
                    tell(t("entry.saved"));
                    context.reload();
                }
            },
            onkeydown: (event) => event.key === "Escape" && back(),
        },
        editor.node,
        h("div.editor-foot", null, h("button.primary", {type: "submit"}, t("save")), h("button", {type: "button", onclick: back}, t("cancel"))),
    );
    fill(box, form);
    form.querySelector("input, textarea")?.focus();
}

/* --- the table -------------------------------------------------------------------------------------------------------------------- */

function part(place) {
    return /^table /.test(place) ? 0 : /^paragraph /.test(place) ? 1 : 2;
}

/** As they stand in the document: by page and height of the box, else by table and row, then by paragraph; what has no place comes last. */
function byPlace(one, other) {
    if (one.box && other.box) return one.box[0] - other.box[0] || one.box[2] - other.box[2] || one.box[1] - other.box[1];
    if (one.box || other.box) return one.box ? -1 : 1;
    return part(one.place) - part(other.place) || (one.place || "").localeCompare(other.place || "", "en", {numeric: true});
}

/** What the document has, and what its findings say it lacks. */
function allFields(document) {
    const have = new Set(document.fields.map((field) => field.id));
    const lacking = [
        ...new Set(document.findings.filter((one) => one.field && !have.has(one.field) && one.rule === "field-missing").map((one) => one.field)),
    ];
    return [...[...document.fields].sort(byPlace), ...lacking.map((id) => ({id, value: null, shown: "", confidence: 0, place: null, box: null, origin: "read"}))];
}

function fieldRow(context, entry, document, field, original, wrong) {
    const name = fieldName(field.id);
    const empty = field.value === null || field.value === undefined || field.value === "";
    const value = h("div.field-value", null, shownValue(field));
    const tools = h("div.field-tools");
    const back = () => {
        fill(value, shownValue(field));
        tools.hidden = false;
        tools.querySelector(".do-edit")?.focus();
    };
    fill(
        tools,
        !empty && confidence(field),
        (field.box || field.place) &&
            h(
                "button.quiet.small",
                {
                    type: "button",
                    "aria-label": t("field.where", {field: name}),
                    title: t("field.where", {field: name}),
                    onclick: () => original.point(field),
                },
                t("field.place"),
            ),
        context.session.user.role !== "reader" &&
            h(
                "button.quiet.small.do-edit",
                {
                    type: "button",
                    "aria-label": t("field.edit", {field: name}),
                    onclick: () => {
                        tools.hidden = true;
                        edit(context, entry, document, field, value, back);
                    },
                },
                empty ? t("field.fill") : t("edit"),
            ),
    );
    return h(`tr${wrong.has(field.id) ? ".wrong" : ""}`, {"data-field": field.id}, h("th", {scope: "row"}, name), h("td", null, value, tools));
}

export function fieldTable(context, entry, document, original) {
    const fields = allFields(document);
    const wrong = new Set(document.findings.filter((one) => one.severity === "error").map((one) => one.field));
    if (fields.length === 0) return h("p.faint", null, t("fields.none"));
    return h(
        "table.fields",
        null,
        h("caption.hidden", null, t("entry.fields")),
        h(
            "tbody",
            null,
            fields.map((field) => fieldRow(context, entry, document, field, original, wrong)),
        ),
    );
}
