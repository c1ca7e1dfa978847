// entry_compare.js: two versions of one form side by side.
import {get} from "./api.js";
import {fill, h, theirs} from "./dom.js";
import {lineTable} from "./entry_lines.js";
import {attempt} from "./notice.js";
import {fieldName, t} from "./words.js";

function side(text) {
    return text === null ? h("span.faint", null, t("field.none")) : theirs(text);
}

function differences(answer) {
    const differ = answer.fields.filter((field) => !field.same);
    const same = answer.fields.length - differ.length;
    return [
        differ.length === 0
            ? h("p", null, t("compare.none"))
            : h(
                  "table.list.compare",
                  null,
                  h("caption.hidden", null, t("compare.title")),
                  h(
                      "thead",
                      null,
                      h(
                          "tr",
                          null,
                          [t("field.name"), t("compare.old"), t("compare.new")].map((words) => h("th", {scope: "col"}, words)),
                      ),
                  ),
                  h(
                      "tbody",
                      null,
                      differ.map((field) =>
                          h(
                              "tr",
                              null,
                              h("th", {scope: "row"}, fieldName(field.id)),
                              h("td.old", {"data-label": t("compare.old")}, side(field.one)),
                              h("td.fresh", {"data-label": t("compare.new")}, side(field.other)),
                          ),
                      ),
                  ),
              ),
        same > 0 && h("p.faint", null, t("compare.same", {n: same})),
        h("h3", null, t("compare.lines")),
        answer.one_lines && answer.other_lines ? lineTable(answer.one_lines, answer.other_lines) : h("p.faint", null, t("compare.lines.many")),
    ];
}

export function compare(document) {
    const box = h("div");
    fill(
        box,
        h(
            "button",
            {
                type: "button",
                onclick: () => attempt(async () => fill(box, differences(await get(`/documents/${document.supersedes}/compare/${document.id}`)))),
            },
            t("doc.compare"),
        ),
    );
    return box;
}
