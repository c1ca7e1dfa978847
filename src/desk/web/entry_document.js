// entry_document.js: what is known of one document: its kind, its findings, its fields.
import {post} from "./api.js";
import {compare} from "./entry_compare.js";
import {fieldTable} from "./entry_fields.js";
import {h, theirs} from "./dom.js";
import {askText} from "./dialog.js";
import {bytes, percent} from "./format.js";
import {attempt, tell} from "./notice.js";
import {badge, facts, kindOptions, labelled, select} from "./widgets.js";
import {currentLanguage, fieldName, kindName, severityName, t, tOr} from "./words.js";

/** The name of a document as people see it. */
export function documentName(document) {
    return document.filename || kindName(document.kind);
}

export function findingList(findings) {
    return h(
        "ul.findings",
        null,
        findings.map((one) =>
            h(
                `li.finding.${one.severity || "info"}`,
                null,
                h("span.finding-level", null, severityName(one.severity)),
                h("span", null, one.field && h("strong", null, fieldName(one.field) + t("colon")), theirs(one[currentLanguage()] || one.zh)),
            ),
        ),
    );
}

function kindForm(context, entry, document) {
    const choice = select(kindOptions(["unknown", t("kind.unknown")]), document.kind === "unknown" ? document.guess || "unknown" : document.kind, {
        "data-role": "kind",
    });
    const set = h("button", {type: "submit"}, t("doc.kind.set"));
    const form = h(
        "form.kind",
        {
            onsubmit: async (event) => {
                event.preventDefault();
                const body = {version: entry.version, document: document.id, kind: choice.value};
                if (await attempt(() => post(`/entries/${entry.id}/kind`, body), context.reload)) {
                    tell(t("entry.saved"));
                    context.reload();
                }
            },
        },
        labelled(t("doc.kind"), choice),
        set,
    );
    return form;
}

function documentFacts(document) {
    return facts([
        [t("doc.file"), document.filename && theirs(document.filename)],
        [t("doc.status"), document.status !== "read" && tOr(`status.${document.status}`, document.status)],
        [t("doc.size"), [bytes(document.bytes), document.pages ? ` · ${t("doc.pages", {n: document.pages})}` : ""]],
        ["", document.segment > 0 && t("doc.segment", {n: document.segment})],
        ["", document.version > 1 && t("doc.version", {n: document.version})],
        ["", document.superseded_by && t("doc.superseded")],
        ["", document.stranger && h("span.attention", null, t("entry.stranger"))],
    ]);
}

/** Reads the mail again with the password that the person has; the documents in it take the place of what was encrypted. */
async function unlock(context, document) {
    const options = {lines: 1, secret: true, note: t("unlock.note")};
    const password = await askText(t("unlock.title"), t("unlock.label"), t("unlock.do"), options);
    if (!password) return;
    tell(t("unlock.busy"));
    let opened = true;
    const read = async () => {
        try {
            await post(`/messages/${document.message}/unlock`, {password});
        } catch (error) {
            if (error.code !== "unprocessable") throw error;
            opened = false;
        }
    };
    if (!(await attempt(read, context.reload))) return;
    tell(t(opened ? "unlock.done" : "unlock.wrong"));
    if (opened) context.reload();
}

export function documentCard(context, entry, document, original) {
    const may = context.session.user.role !== "reader";
    const unknown = document.kind === "unknown";
    return [
        h(
            "section.panel.doc",
            {"aria-labelledby": "doc-name"},
            h(
                "div.panel-head",
                null,
                h("h2", {id: "doc-name"}, kindName(document.kind)),
                badge(document.state),
                h(
                    "span.faint",
                    null,
                    unknown
                        ? document.guess && t("doc.guess", {kind: kindName(document.guess)})
                        : t("doc.confidence", {share: percent(document.confidence)}),
                ),
            ),
            documentFacts(document),
            may &&
                document.status === "encrypted" &&
                h("p", null, h("button.do-unlock", {type: "button", onclick: () => unlock(context, document)}, t("unlock.open"))),
            may && kindForm(context, entry, document),
        ),
        h(
            "section.panel",
            null,
            h("h2", null, t("entry.findings")),
            document.findings.length ? findingList(document.findings) : h("p.faint", null, t("entry.findings.none")),
        ),
        h("section.panel", null, h("h2", null, t("entry.fields")), fieldTable(context, entry, document, original)),
        document.supersedes && h("section.panel", null, h("h2", null, t("entry.versions")), compare(document)),
    ];
}
