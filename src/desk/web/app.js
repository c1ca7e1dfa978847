// app.js: who is logged in, which page the hash names, and what stands around it.
import {get, remove, useToken} from "./api.js";
import {fill, h, theirs} from "./dom.js";
import {useZone} from "./format.js";
import * as keys from "./keys.js";
import {Live} from "./live.js";
import * as notice from "./notice.js";
import {duties, dutyPage} from "./page_duties.js";
import {entry} from "./page_entry.js";
import {expertPage, experts} from "./page_experts.js";
import {letterPage, letters} from "./page_letters.js";
import {login, setup} from "./page_login.js";
import {meetingPage, meetings} from "./page_meetings.js";
import {password} from "./page_password.js";
import {queue} from "./page_queue.js";
import {search} from "./page_search.js";
import {statistics} from "./page_statistics.js";
import {system} from "./page_system.js";
import {users} from "./page_users.js";
import {nextTheme, themeName, useTheme} from "./theme.js";
import {menu} from "./widgets.js";
import {chooseLanguage, currentLanguage, t, useNames} from "./words.js";

const PAGES = [
    [/^\/queue$/, queue, "queue"],
    [/^\/entry\/(\d+)$/, entry, "queue"],
    [/^\/duties$/, duties, "duties"],
    [/^\/duties\/(\d+)$/, dutyPage, "duties"],
    [/^\/letters$/, letters, "letters"],
    [/^\/letters\/(\d+)$/, letterPage, "letters"],
    [/^\/experts$/, experts, "experts"],
    [/^\/experts\/(\d+)$/, expertPage, "experts"],
    [/^\/meetings$/, meetings, "meetings"],
    [/^\/meetings\/(\d+)$/, meetingPage, "meetings"],
    [/^\/search$/, search, "search"],
    [/^\/statistics$/, statistics, "statistics"],
    [/^\/system$/, system, "system"],
    [/^\/users$/, users, "users"],
    [/^\/password$/, password, "password"],
];
const MENU = ["queue", "duties", "letters", "experts", "meetings", "search", "statistics", "system"];

const frame = h("div.frame");
let session = null;
let shown = null; // the page that stands there: what live(), leave() are asked of
let turn = 0; // a page that comes late, after another was asked for, is not shown

const live = new Live(
    (change) => shown?.live?.(change),
    (on) => {
        const dot = document.querySelector(".live");
        if (dot) fill(dot, h("span.hidden", null, t(on ? "live.on" : "live.off"))).className = `live ${on ? "on" : "off"}`;
    },
);

function parse() {
    const [path, search] = (location.hash.slice(1) || "/queue").split("?");
    return {path, query: Object.fromEntries(new URLSearchParams(search || ""))};
}

/* --- what stands around a page ------------------------------------------------------------------------------------------------ */

function switches() {
    const language = h(
        "button.quiet",
        {
            type: "button",
            lang: currentLanguage() === "zh" ? "en" : "zh",
            title: t("language.switch"),
            onclick: () => {
                chooseLanguage(currentLanguage() === "zh" ? "en" : "zh");
                start();
            },
        },
        t("language"),
    );
    const theme = h(
        "button.quiet.icon",
        {
            type: "button",
            "aria-label": themeName(),
            title: themeName(),
            onclick: () => {
                nextTheme();
                theme.setAttribute("aria-label", themeName());
                theme.title = themeName();
            },
        },
        "◐",
    );
    return [language, theme];
}

async function logOut() {
    await notice.attempt(async () => {
        await remove("/session");
        await start();
    });
}

function account() {
    const user = session.user;
    return menu(theirs(user.shown), [
        user.role === "administrator" && h("a", {href: "#/users"}, t("nav.users")),
        user.has_password && h("a", {href: "#/password"}, t("nav.password")),
        !session.proxy && h("button", {type: "button", onclick: logOut}, t("nav.logout")),
    ]);
}

function searchBox() {
    const input = h("input", {type: "search", name: "q", "aria-label": t("search.short"), placeholder: t("search.short")});
    return h(
        "form.head-search",
        {
            role: "search",
            "aria-label": t("search.short"),
            onsubmit: (event) => {
                event.preventDefault();
                if (input.value.trim()) location.hash = `#/search?${new URLSearchParams({q: input.value.trim()})}`;
            },
        },
        input,
    );
}

function head() {
    const links = h(
        "nav.head-nav",
        {id: "nav", "aria-label": t("nav")},
        h(
            "ul",
            null,
            MENU.map((id) => h("li", null, h("a", {href: `#/${id}`, "data-page": id}, t(`nav.${id}`)))),
        ),
    );
    const button = h(
        "button.quiet.head-menu",
        {
            type: "button",
            "aria-expanded": "false",
            "aria-controls": "nav",
            onclick: () => button.setAttribute("aria-expanded", String(links.classList.toggle("open"))),
        },
        t("menu"),
    );
    links.addEventListener("click", () => {
        links.classList.remove("open");
        button.setAttribute("aria-expanded", "false");
    });
    return h(
        "header.head",
        null,
        h(
            "div.head-row",
            null,
            brand(),
            button,
            links,
            searchBox(),
            h(
                "div.head-end",
                null,
                h("span.live.off", {role: "img", "aria-label": t("live.off")}),
                h("button.quiet.icon.head-keys", {type: "button", "aria-label": t("help"), title: t("help"), onclick: keys.help}, "?"),
                switches(),
                account(),
            ),
        ),
    );
}

function brand() {
    const office = session.office[currentLanguage()];
    return h(
        "a.brand",
        {href: "#/queue"},
        h("span.seal", {"aria-hidden": "true"}, "收"),
        h("span.brand-name", null, t("desk")),
        h("span.office", null, theirs(office)),
    );
}

function mark(section) {
    for (const link of document.querySelectorAll(".head-nav a"))
        if (link.dataset.page === section) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
}

/* --- pages ---------------------------------------------------------------------------------------------------------------------- */

function title(words) {
    document.title = `${words} · ${t("desk")}`;
}

/** What is new is shown, unless somebody is writing there. */
function refresh() {
    if (!document.activeElement?.closest("main input, main select, main textarea")) show();
}

/** The focus goes to what a page is about; on the same page, drawn anew, back to the link where it was. */
function focusOn(main, moved, href) {
    const same = !moved && href && main.querySelector(`a[href="${CSS.escape(href)}"]`);
    if (same || moved || document.activeElement === document.body) (same || main.querySelector("h1"))?.focus({preventScroll: true});
}

/** Shows the page that the hash names. */
async function show() {
    const mine = ++turn;
    const {path, query} = parse();
    const found = PAGES.map(([pattern, make, section]) => ({match: pattern.exec(path), make, section})).find((one) => one.match);
    const main = document.querySelector("main");
    if (!found) {
        location.hash = "#/queue";
        return;
    }
    main.setAttribute("aria-busy", "true");
    try {
        const page = await found.make({id: Number(found.match[1]), query, session, reload: show, refresh});
        if (mine !== turn) return;
        const moved = shown?.path !== path;
        shown?.leave?.();
        shown = {...page, path};
        title(page.title);
        mark(found.section);
        const place = moved ? 0 : window.scrollY;
        const href = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
        fill(main, page.node);
        keys.usePageKeys(page.keys);
        if (moved) notice.clear();
        focusOn(main, moved, href);
        window.scrollTo(0, place);
        page.placed?.();
    } catch (error) {
        if (mine === turn && error.code !== "unauthenticated") {
            notice.fail(error, show);
            if (!main.firstChild) fill(main, h("h1", {tabindex: "-1"}, t("desk")));
        }
    } finally {
        if (mine === turn) main.removeAttribute("aria-busy");
    }
}

function showOutside(page, again) {
    turn++;
    shown?.leave?.();
    shown = null;
    live.stop();
    keys.usePageKeys(null);
    const made = page({session, done: start, again});
    title(made.title);
    fill(
        frame,
        h("header.head.plain", null, h("div.head-row", null, brand(), h("div.head-end", null, switches()))),
        h("main.outside", {id: "main"}, made.node),
    );
    made.node.querySelector("input")?.focus();
}

/** From the beginning: also after login, logout and a change of language. */
async function start(again) {
    try {
        session = await get("/session");
        useToken(session.csrf);
        useZone(session.zone);
        if (!session.user) {
            showOutside(session.setup ? setup : login, again === true);
            return;
        }
        useNames(await get("/names"));
    } catch (error) {
        notice.fail(error, start);
        return;
    }
    notice.clear();
    shown?.leave?.();
    shown = null;
    fill(
        frame,
        h(
            "a.skip",
            {
                href: "#main",
                onclick: (event) => {
                    event.preventDefault();
                    document.querySelector("main h1")?.focus();
                },
            },
            t("skip"),
        ),
        head(),
        h("main", {id: "main"}),
    );
    live.start();
    await show();
}

useTheme();
chooseLanguage(currentLanguage());
document.body.append(frame);
notice.mount(document.body);
window.addEventListener("hashchange", () => session?.user && show());
window.addEventListener("desk:out", () => session?.user && start(true));
window.addEventListener("online", notice.retry);
start();
