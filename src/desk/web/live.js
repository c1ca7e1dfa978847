// live.js: what the server tells while the page is open. A hint may be lost: pages ask the other routes for the truth.
import {address} from "./api.js";

const GATHER_MS = 700;
const AGAIN_MS = 10000;

export class Live {
    /** CHANGED({entries, more}) hears of changes, gathered for a moment; STATE(on) of the connection. */
    constructor(changed, state) {
        this.changed = changed;
        this.state = state;
        this.gathered = null;
        this.last = null; // the newest event that we know of
        this.wanted = false;
        // A browser has six connections for all its tabs: one that nobody looks at holds none, and asks what it missed afterwards.
        document.addEventListener("visibilitychange", () => this.wanted && (document.hidden ? this.end() : this.begin()));
    }

    start() {
        this.wanted = true;
        this.last = null;
        if (!document.hidden) this.begin();
    }

    stop() {
        this.wanted = false;
        this.end();
    }

    begin() {
        this.end();
        this.source = new EventSource(address("/events", {after: this.last}));
        this.source.addEventListener("open", () => this.state(true));
        this.source.addEventListener("here", (event) => (this.last = event.lastEventId));
        this.source.addEventListener("change", (event) => {
            this.last = event.lastEventId;
            this.hear(JSON.parse(event.data));
        });
        this.source.addEventListener("error", () => {
            this.state(false);
            // The browser tries again by itself, unless the server refused.
            if (this.source?.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.begin(), AGAIN_MS);
        });
    }

    end() {
        clearTimeout(this.timer);
        this.source?.close();
        this.source = null;
    }

    hear(change) {
        const first = !this.gathered;
        this.gathered = first
            ? change
            : {entries: [...new Set([...this.gathered.entries, ...change.entries])], more: this.gathered.more || change.more};
        if (first)
            setTimeout(() => {
                const all = this.gathered;
                this.gathered = null;
                this.changed(all);
            }, GATHER_MS);
    }
}
