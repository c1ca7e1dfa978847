// calendar.js: a month: meetings, ballots, what is due, days off and days worked instead.
import {get} from "./api.js";
import {h, theirs} from "./dom.js";
import {today} from "./format.js";
import {dutyName, t} from "./words.js";

const SHOWN = 4;

function moved(month, by) {
    const [year, number] = month.split("-").map(Number);
    const then = new Date(Date.UTC(year, number - 1 + by, 1));
    return then.toISOString().slice(0, 7);
}

/** The days of the weeks that MONTH touches, Monday first. */
function daysOf(month) {
    const [year, number] = month.split("-").map(Number);
    const first = new Date(Date.UTC(year, number - 1, 1));
    const start = 1 - ((first.getUTCDay() + 6) % 7);
    const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
    const days = [];
    for (let i = start; i <= last || days.length % 7; i++) days.push(new Date(Date.UTC(year, number - 1, i)).toISOString().slice(0, 10));
    return days;
}

function happenings(answer, day) {
    const meetings = answer.meetings
        .filter((one) => one.first_day <= day && day <= one.last_day)
        .map((one) => h("a.happening.meeting", {href: `#/meetings/${one.id}`}, theirs(one.name)));
    const ballots = answer.ballots
        .filter((one) => one.closes.slice(0, 10) === day)
        .map((one) => h("span.happening.ballot", null, `${t("calendar.ballot")} `, theirs(one.document)));
    const duties = answer.duties
        .filter((one) => one.due?.slice(0, 10) === day)
        .map((one) =>
            h(`a.happening.duty${one.overdue ? ".over" : ""}`, {href: `#/duties/${one.id}`}, dutyName(one.what), " ", theirs(one.name || "")),
        );
    return [...meetings, ...ballots, ...duties];
}

function cell(answer, day, now) {
    const special = answer.days.find((one) => one.day === day);
    const all = happenings(answer, day);
    const classes = [day.slice(0, 7) === answer.month ? "" : "outside", day === now ? "today" : "", special?.kind || ""].filter(Boolean);
    const rest = all.slice(SHOWN);
    return h(
        "td",
        {class: classes.join(" ") || null, "data-empty": all.length === 0 && !special},
        h(
            "div.day-head",
            null,
            h("time", {datetime: day, "aria-current": day === now ? "date" : null}, Number(day.slice(8))),
            special && h("span.day-name", null, h("b", null, t(`calendar.${special.kind}`)), " ", theirs(special.name)),
        ),
        all.slice(0, SHOWN),
        rest.length > 0 && h("details", null, h("summary", null, t("calendar.more", {n: rest.length})), rest),
    );
}

export async function calendar(month) {
    const answer = await get("/calendar", {month});
    const days = daysOf(answer.month);
    const now = today();
    const weeks = Array.from({length: days.length / 7}, (_, i) => days.slice(i * 7, i * 7 + 7));
    const to = (words, sign, other) => h("a.button", {href: `#/duties?show=calendar&month=${other}`, "aria-label": words, title: words}, sign);
    return [
        h(
            "div.month-head",
            null,
            to(t("calendar.previous"), "‹", moved(answer.month, -1)),
            h("h2", null, answer.month),
            to(t("calendar.next"), "›", moved(answer.month, 1)),
            h("a.button", {href: "#/duties?show=calendar"}, t("calendar.today")),
        ),
        h(
            "table.month",
            null,
            h("caption.hidden", null, t("calendar.caption", {month: answer.month})),
            h(
                "thead",
                null,
                h(
                    "tr",
                    null,
                    t("calendar.weekdays")
                        .split(",")
                        .map((name) => h("th", {scope: "col"}, name)),
                ),
            ),
            h(
                "tbody",
                null,
                weeks.map((week) =>
                    h(
                        "tr",
                        null,
                        week.map((day) => cell(answer, day, now)),
                    ),
                ),
            ),
        ),
    ];
}
