// format.js: instants, sizes and shares as people write them. Instants come with the office's offset and are shown as they are.
import {h} from "./dom.js";
import {currentLanguage, t} from "./words.js";

const DAY_MS = 86400000;
let zone;

/** The office's time zone, as GET /session says. */
export function useZone(name) {
    zone = name;
}

/** Today in the office: YYYY-MM-DD. */
export function today() {
    return new Intl.DateTimeFormat("en-CA", {timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit"}).format(new Date());
}

export function day(instant) {
    return instant ? instant.slice(0, 10) : "";
}

export function moment(instant) {
    return instant ? `${instant.slice(0, 10)} ${instant.slice(11, 16)}` : "";
}

export function when(instant) {
    return instant ? h("time", {datetime: instant}, moment(instant)) : h("span.faint", null, "—");
}

/** Days from now until INSTANT: below 0 when it is past. */
function daysUntil(instant) {
    return (new Date(instant).getTime() - Date.now()) / DAY_MS;
}

/** A due date with how far away it is, marked when it is past or near. */
export function due(instant) {
    if (!instant) return h("span.faint", null, t("due.none"));
    const days = daysUntil(instant);
    const words = days < 0 ? t("due.over", {n: Math.max(1, Math.floor(-days))}) : days < 1 ? t("due.today") : t("due.in", {n: Math.floor(days)});
    const kind = days < 0 ? "over" : days < 3 ? "near" : "far";
    return h(`span.due.${kind}`, null, h("time", {datetime: instant}, day(instant)), " ", h("span.due-words", null, words));
}

export function bytes(n) {
    if (n < 1024) return `${n} B`;
    const units = ["KB", "MB", "GB", "TB"];
    let i = -1;
    do {
        n /= 1024;
        i++;
    } while (n >= 1024 && i < units.length - 1);
    return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`;
}

export function percent(share) {
    return `${Math.round(share * 100)}%`;
}

/** Seconds as "3 天 4 小时". */
export function span(seconds) {
    if (seconds === null || seconds === undefined) return "—";
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return seconds < 60 ? t("span.seconds", {n: Math.round(seconds)}) : t("span.minutes", {n: minutes});
    if (minutes < 60 * 48) return t("span.hours", {n: (minutes / 60).toFixed(1)});
    return t("span.days", {n: (minutes / 1440).toFixed(1)});
}

export function number(n) {
    return new Intl.NumberFormat(currentLanguage() === "zh" ? "zh-CN" : "en").format(n);
}
