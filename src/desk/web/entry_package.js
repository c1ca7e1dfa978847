// entry_package.js: 齐套: which parts of a proposal are here, across mails.
import {h, theirs} from "./dom.js";
import {badge} from "./widgets.js";
import {kindName, t} from "./words.js";

function part(one) {
    const have = one.documents.length > 0;
    return h(
        `li.part${have ? ".have" : one.required ? ".lacks" : ""}`,
        null,
        h(
            "div.part-name",
            null,
            h("span.part-sign", {"aria-hidden": "true"}, have ? "✓" : "○"),
            kindName(one.kind),
            !have && h("span.faint", null, one.required ? t("package.missing") : t("package.optional")),
        ),
        one.documents.map((document) =>
            h(
                "div.part-document",
                null,
                h("a", {href: `#/entry/${document.entry}?doc=d${document.id}`}, theirs(document.filename || document.reference)),
                " ",
                badge(document.state),
                " ",
                h("span.faint", null, document.reference),
            ),
        ),
    );
}

export function packages(entry) {
    return entry.packages.map((one) => {
        const required = one.parts.filter((each) => each.required);
        const have = required.filter((each) => each.documents.length > 0).length;
        return h(
            "section.panel.package",
            null,
            h(
                "div.panel-head",
                null,
                h("h2", null, t("entry.package")),
                h("span", null, theirs(one.title)),
                h(`span.badge.${have === required.length ? "accepted" : "waiting"}`, null, t("package.count", {n: have, of: required.length})),
            ),
            h("p.faint", null, theirs(one.organisation || ""), one.leader && [` · ${t("package.leader")} `, theirs(one.leader)]),
            h("ul.parts", null, one.parts.map(part)),
        );
    });
}
