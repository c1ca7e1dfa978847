// api.js: the one place that talks to the server. What fails is an ApiError with the server's code, or "offline".
const ROOT = "/api/v1";
const WAIT_MS = 60000;
const ATTENDED_MS = 60000;
let csrf = null;
let touched = 0;

// What a page asks by itself, because somebody else changed something, must not keep its session when nobody sits before it.
for (const what of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(what, () => (touched = performance.now()), {passive: true});

export class ApiError extends Error {
    constructor(status, error) {
        super(error.message || error.code);
        this.status = status;
        this.code = error.code;
        this.detail = error;
    }
}

export function useToken(token) {
    csrf = token;
}

/** "?a=1&b=2" from an object; empty values are left out. */
export function query(values) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(values || {})) if (value !== null && value !== undefined && value !== "") search.set(name, value);
    const text = search.toString();
    return text ? `?${text}` : "";
}

/** The address of something that the browser itself fetches: a picture, a frame, a download. */
export function address(path, values) {
    return ROOT + path + query(values);
}

async function refuse(response) {
    let error = {code: response.status >= 500 ? "failed" : "bad-request", message: `HTTP ${response.status}`};
    try {
        error = (await response.json()).error || error;
    } catch {
        // not ours, a proxy's: the status says what there is to say
    }
    if (response.status === 401) window.dispatchEvent(new CustomEvent("desk:out"));
    throw new ApiError(response.status, error);
}

async function ask(method, path, options) {
    const headers = {...options.headers};
    if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
    if (performance.now() - touched > ATTENDED_MS) headers["X-Unattended"] = "1";
    let response;
    try {
        response = await fetch(ROOT + path, {
            method,
            headers,
            body: options.body,
            cache: "no-store",
            credentials: "same-origin",
            signal: AbortSignal.timeout(options.wait || WAIT_MS),
        });
    } catch (error) {
        throw new ApiError(0, {code: "offline", message: error.message});
    }
    return response.ok ? response : refuse(response);
}

async function json(method, path, body) {
    const options = body === undefined ? {} : {headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)};
    const response = await ask(method, path, options);
    return response.status === 204 ? null : response.json();
}

export const get = (path, values) => json("GET", path + query(values));
export const post = (path, body) => json("POST", path, body);
export const put = (path, body) => json("PUT", path, body);
export const patch = (path, body) => json("PATCH", path, body);
export const remove = (path) => json("DELETE", path);

/** A file's bytes to PATH. */
export async function upload(path, values, file) {
    const response = await ask("POST", path + query(values), {headers: {"Content-Type": "application/octet-stream"}, body: file, wait: 600000});
    return response.json();
}

/** The text of PATH, in whatever charset: bytes that are no UTF-8 show as replacement characters. */
export async function text(path) {
    const response = await ask("GET", path, {});
    return new TextDecoder("utf-8").decode(await response.arrayBuffer());
}
