// entry_history.js: the letters of an entry, what is owed, and what happened.
import {h, theirs} from "./dom.js";
import {due, when} from "./format.js";
import {badge, letterName, table} from "./widgets.js";
import {dutyName, fieldName, kindName, t, tOr, whyName} from "./words.js";

function letters(entry) {
    return (
        entry.letters.length > 0 &&
        h(
            "section.panel",
            null,
            h("h2", null, t("entry.letters")),
            table(
                t("entry.letters"),
                [t("letters.kind"), t("letters.subject"), t("letters.to"), t("letters.created"), t("letters.state")],
                entry.letters.map((letter) => [
                    letterName(letter.kind),
                    h("a", {href: `#/letters/${letter.id}`}, theirs(letter.subject)),
                    theirs(letter.recipient),
                    when(letter.created),
                    [badge(letter.state), letter.reason && h("div.faint", null, theirs(whyName(letter.reason)))],
                ]),
            ),
        )
    );
}

function duties(entry) {
    return (
        entry.duties.length > 0 &&
        h(
            "section.panel",
            null,
            h("h2", null, t("entry.duties")),
            table(
                t("entry.duties"),
                [t("duties.what"), t("duties.who"), t("duties.due"), t("duties.state")],
                entry.duties.map((duty) => [
                    h("a", {href: `#/duties/${duty.id}`}, dutyName(duty.what)),
                    theirs(duty.name || duty.address || t("duties.office")),
                    due(duty.due),
                    badge(duty.state, duty.state === "open" ? t("duty.open") : undefined),
                ]),
            ),
        )
    );
}

/** The words of an event that say more than its verb; numbers of rows in the ledger tell people nothing. */
function told(event) {
    const data = event.data || {};
    const texts = [data.reason, data.text, data.subject, data.why].filter((text) => typeof text === "string" && text).map(whyName);
    if (data.field) texts.unshift(fieldName(data.field));
    if (data.kind && event.verb === "kind") texts.unshift(kindName(data.kind));
    return texts.map((text) => h("div.event-text", null, theirs(text)));
}

function timeline(entry) {
    return h(
        "section.panel",
        null,
        h("h2", null, t("entry.timeline")),
        h(
            "ol.timeline",
            null,
            entry.events.map((event) =>
                h(
                    "li",
                    null,
                    h("span.event-time", null, when(event.at)),
                    h(
                        "div",
                        null,
                        h("span.strong", null, tOr(`verb.${event.verb}`, event.verb)),
                        " ",
                        h("span.faint", null, theirs(tOr(`actor.${event.actor}`, event.actor))),
                        told(event),
                    ),
                ),
            ),
        ),
    );
}

export function past(entry) {
    return h("div.past", null, letters(entry), duties(entry), timeline(entry));
}
