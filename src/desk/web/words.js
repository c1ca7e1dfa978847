// words.js: every word that the desk says, in the language that was chosen. A table a language: words.zh.js, words.en.js.
import en from "./words.en.js";
import zh from "./words.zh.js";

const tables = {zh, en};
let language = localStorage.getItem("shouwen.language") === "en" ? "en" : "zh";
let names = {kinds: {}, fields: {}, severities: {}, states: {}, duties: {}};

export function currentLanguage() {
    return language;
}

export function chooseLanguage(wanted) {
    language = wanted;
    localStorage.setItem("shouwen.language", wanted);
    document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
}

/** The words for KEY, with {name} replaced from VALUES. A missing key shows itself, so that a test finds it. */
export function t(key, values) {
    const text = tables[language][key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : text;
}

/** The words for KEY, or FALLBACK where the table has none (states, verbs and reasons that the server may add). */
export function tOr(key, fallback) {
    return tables[language][key] ?? fallback;
}

/** What GET /names answered. */
export function useNames(answer) {
    names = answer;
}

export function knownKinds() {
    return Object.keys(names.kinds);
}

function named(table, id) {
    return names[table]?.[id]?.[language] ?? id;
}

export function kindName(id) {
    return id === "unknown" || !id ? t("kind.unknown") : id === "package" ? t("kind.package") : tOr(`status.${id}`, named("kinds", id));
}

export function fieldName(id) {
    return id === "package" || id === "attachment" ? t(`kind.${id}`) : named("fields", id);
}

/** Where a value stood ("table 1, row 2, cell 3"), or the words themselves when they are the document's own. */
export function placeName(place) {
    const steps = place.split(", ").map((step) => /^(table|row|cell|paragraph) (\d+)$/.exec(step));
    return steps.every(Boolean) ? steps.map(([, kind, n]) => t(`place.${kind}`, {n})).join(t("list")) : place;
}

/** A value that is a word of ours (a seal is "absent") as people say it. */
export function valueName(type, value) {
    return type === "seal" ? tOr(`seal.${value}`, value) : value;
}

/** Why there was no letter, or why it is held: sentences of ours, or an answer of a mail server. */
export function whyName(text) {
    return tOr(`why.${text}`, text);
}

export function severityName(id) {
    return tOr(`severity.${id}`, named("severities", id));
}

export function stateName(id) {
    return tOr(`state.${id}`, named("states", id));
}

export function dutyName(id) {
    return names.duties?.[id] ? named("duties", id) : kindName(id);
}
