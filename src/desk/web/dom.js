// dom.js: how elements are made. What comes from outside is only ever given to these as text; there is no way to give HTML.

const SAFE_LINK = /^(#|\/api\/v1\/|mailto:)/;

function set(node, name, value) {
    if (value === null || value === undefined || value === false) return;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "indeterminate") node[name] = value;
    else if ((name === "href" || name === "src") && !SAFE_LINK.test(value)) throw new Error(`not a link of ours: ${value}`);
    else node.setAttribute(name, value === true ? "" : value);
}

/** Appends CHILDREN: nodes, texts, numbers, lists of these; null and false are left out. */
export function put(node, ...children) {
    for (const child of children.flat(Infinity))
        if (child !== null && child !== undefined && child !== false) node.append(child instanceof Node ? child : String(child));
    return node;
}

function make(node, classes, props, children) {
    if (classes.length) node.setAttribute("class", classes.join(" "));
    for (const [name, value] of Object.entries(props || {})) set(node, name, value);
    return put(node, ...children);
}

/** An element: h("p.note", {id: "x", onclick: f}, "text", other). */
export function h(what, props, ...children) {
    const [tag, ...classes] = what.split(".");
    return make(document.createElement(tag), classes, props, children);
}

/** The same for SVG. */
export function s(what, props, ...children) {
    const [tag, ...classes] = what.split(".");
    return make(document.createElementNS("http://www.w3.org/2000/svg", tag), classes, props, children);
}

/** Gives NODE other children. */
export function fill(node, ...children) {
    node.replaceChildren();
    return put(node, ...children);
}

/** Words from outside: their direction of writing stays among themselves. */
export function theirs(text) {
    return h("bdi", null, text ?? "");
}

/** Raw bytes as text (headers): what would steer the display is shown by its number. */
export function visible(text) {
    return text.replace(
        /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
        (c) => `\u27e8U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`,
    );
}

let count = 0;
/** An id that is not in the page yet. */
export function fresh(prefix) {
    return `${prefix}-${++count}`;
}
