// widgets.js: pieces that several pages use.
import {address} from "./api.js";
import {fresh, h, theirs} from "./dom.js";
import {kindName, knownKinds, stateName, t, tOr} from "./words.js";

export function badge(state, words) {
    return h(`span.badge.${state}`, null, words ?? stateName(state));
}

/** A table whose rows turn into cards on a phone: every cell carries the label of its column. */
export function table(caption, columns, rows) {
    return h(
        "div.table-box",
        null,
        h(
            "table.list",
            null,
            h("caption.hidden", null, caption),
            h(
                "thead",
                null,
                h(
                    "tr",
                    null,
                    columns.map((column) => h("th", {scope: "col"}, column)),
                ),
            ),
            h(
                "tbody",
                null,
                rows.map((cells) =>
                    h(
                        "tr",
                        null,
                        cells.map((cell, i) => h("td", {"data-label": columns[i]}, cell)),
                    ),
                ),
            ),
        ),
    );
}

export function empty(words) {
    return h("p.empty", null, words ?? t("empty"));
}

/** Links that look like tabs; ITEMS are {href, words, count, on}. */
export function tabs(label, items) {
    return h(
        "nav.tabs",
        {"aria-label": label},
        h(
            "ul",
            null,
            items.map((item) =>
                h(
                    "li",
                    null,
                    h(
                        "a",
                        {href: item.href, "aria-current": item.on ? "page" : null},
                        item.words,
                        item.count !== undefined && h("span.count", null, item.count),
                    ),
                ),
            ),
        ),
    );
}

/** A labelled control in a form: the label stands above it. */
export function labelled(words, control, hint) {
    control.id ||= fresh("control");
    const note = hint && h("span.hint", {id: `${control.id}-hint`}, hint);
    if (note) control.setAttribute("aria-describedby", note.id);
    return h("div.control", null, h("label", {for: control.id}, words), control, note);
}

/** OPTIONS are [value, words]. */
export function select(options, value, props) {
    const node = h(
        "select",
        props,
        options.map(([id, words]) => h("option", {value: id}, words)),
    );
    node.value = value ?? "";
    if (node.selectedIndex < 0) node.selectedIndex = 0;
    return node;
}

export function kindOptions(first) {
    return [first, ...knownKinds().map((id) => [id, kindName(id)])];
}

/** A button with a list beneath it. */
export function menu(words, items, props) {
    const node = h("details.menu", props, h("summary.button", null, words), h("div.menu-list", null, items));
    node.addEventListener("click", (event) => {
        if (event.target.closest(".menu-list a, .menu-list button")) node.open = false;
    });
    node.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !node.contains(event.relatedTarget)) node.open = false;
    });
    node.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && node.open) {
            node.open = false;
            node.querySelector("summary").focus();
        }
    });
    return node;
}

/** The menu by which a view is taken away as a file. VALUES are those of the view. */
export function exporting(what, values) {
    const {after, limit, ...kept} = values || {};
    return menu(
        t("export"),
        ["xlsx", "csv", "json"].map((format) => h("a", {href: address(`/export/${what}/${format}`, kept), download: ""}, t(`export.${format}`))),
    );
}

export function finding(one, words) {
    const level = one.severity || "info";
    return h(`li.finding.${level}`, null, h("span.finding-level", null, words), h("span", null, theirs(one.text)));
}

/** Loads page after page of a keyset: LOAD(after) answers {rows, next}; ADD(rows) shows them. */
export function pager(load, add) {
    const button = h("button.more", {type: "button"}, t("queue.more"));
    const box = h("div.pager", null, button);
    let next = null;
    let busy = false;
    const go = async () => {
        if (busy || !next) return;
        busy = true;
        button.disabled = true;
        try {
            const page = await load(next);
            next = page.next;
            add(page.rows);
        } finally {
            busy = false;
            button.disabled = false;
            button.hidden = !next;
        }
    };
    button.addEventListener("click", go);
    new IntersectionObserver((seen) => seen[0].isIntersecting && go().catch(() => {}), {rootMargin: "400px"}).observe(button);
    return {
        box,
        from: (place) => {
            next = place;
            button.hidden = !place;
        },
        place: () => next,
    };
}

export function letterName(kind) {
    return tOr(`letter.${kind}`, kind);
}

/** Facts as a list of terms; empty ones are left out. */
export function facts(pairs) {
    return h(
        "dl.facts",
        null,
        pairs
            .filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false)
            .map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))),
    );
}

export function heading(words, ...tools) {
    return h("div.page-head", null, h("h1", {tabindex: "-1"}, words), h("div.tools", null, tools));
}

/** A form of filters that is sent by Enter or by changing one; GO(values) hears of it. */
export function filterForm(label, controls, go) {
    const form = h(
        "form.filters",
        {
            role: "search",
            "aria-label": label,
            onsubmit: (event) => {
                event.preventDefault();
                go(Object.fromEntries(new FormData(form)));
            },
            onchange: () => form.requestSubmit(),
        },
        controls,
    );
    return form;
}
