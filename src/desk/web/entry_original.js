// entry_original.js: the original at left: pictures of pages, what was read from an office file (in a frame that may do nothing), the
// mail's text or its headers.
import {address, text} from "./api.js";
import {fill, h, theirs, visible} from "./dom.js";
import {sentence} from "./notice.js";
import {placeName, t, tOr} from "./words.js";

const DPI = 110;
const ZOOM = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export class Original {
    constructor() {
        this.sheet = h("div.sheet");
        this.stage = h("div.stage", {tabindex: "0", role: "region", "aria-label": t("entry.original")}, this.sheet);
        this.bar = h("div.stage-bar", {role: "toolbar", "aria-label": t("original.toolbar")});
        this.note = h("p.place-note", {role: "status", hidden: true});
        this.node = h("div.original", null, this.bar, this.note, this.stage);
        this.zoom = 1;
    }

    leave() {
        this.sheet.replaceChildren();
    }

    clear() {
        this.note.hidden = true;
        this.sheet.replaceChildren();
        this.sheet.className = "sheet";
        this.sheet.style.width = "";
        this.stage.scrollTop = 0;
    }

    /* --- a document ------------------------------------------------------------------------------------------------------- */

    showDocument(document, name) {
        this.document = document;
        this.name = name;
        this.page = 1;
        this.pages = document.pages || 1;
        this.clear();
        const download = h("a.button", {href: address(`/documents/${document.id}/file`), download: ""}, t("entry.download"));
        if (document.preview === "pages") {
            this.pageBar(download);
            this.showPage();
        } else if (document.preview === "view") {
            fill(this.bar, h("span.grow"), download);
            this.frame(address(`/documents/${document.id}/view`), name);
        } else {
            fill(this.bar, h("span.grow"), download);
            this.say(
                document.status === "read" ? t("original.none") : t("original.unreadable", {why: tOr(`status.${document.status}`, document.status)}),
            );
        }
    }

    pageBar(download) {
        const button = (label, sign, act) => h("button.icon", {type: "button", "aria-label": label, title: label, onclick: act}, sign);
        this.where = h("span", {"aria-live": "polite"});
        fill(
            this.bar,
            button(t("original.prev"), "‹", () => this.turn(-1)),
            this.where,
            button(t("original.next"), "›", () => this.turn(1)),
            h("span.grow"),
            button(t("original.out"), "−", () => this.scale(-1)),
            button(t("original.fit"), "↔", () => this.scale(0)),
            button(t("original.in"), "+", () => this.scale(1)),
            download,
        );
    }

    showPage() {
        fill(this.where, this.document.pages ? t("original.pages", {n: this.page, of: this.pages}) : t("original.page", {n: this.page}));
        const dpi = this.zoom > 1 ? 180 : DPI;
        const picture = h("img.page", {
            src: address(`/documents/${this.document.id}/pages/${this.page}`, {dpi}),
            alt: t("original.picture", {name: this.name, n: this.page}),
            onerror: () => this.say(t("original.failed")),
        });
        this.sheet.className = "sheet paper";
        this.sheet.style.width = `${this.zoom * 100}%`;
        fill(this.sheet, picture);
        return picture;
    }

    turn(by) {
        const page = Math.min(Math.max(this.page + by, 1), this.document.pages || this.page + 1);
        if (page === this.page) return;
        this.page = page;
        this.showPage();
        this.stage.scrollTop = 0;
    }

    scale(by) {
        const at = ZOOM.indexOf(this.zoom);
        this.zoom = by === 0 ? 1 : ZOOM[Math.min(Math.max(at + by, 0), ZOOM.length - 1)];
        const mark = this.sheet.querySelector(".mark");
        this.showPage();
        if (mark) this.sheet.append(mark);
    }

    /** Shows where FIELD stood: its box on the page's picture, else the words of its place. */
    point(field) {
        this.note.hidden = !field.place;
        fill(this.note, field.place && t("original.place", {place: ""}), theirs(placeName(field.place || "")));
        if (!field.box || this.document.preview !== "pages") return;
        const [page, x0, y0, x1, y1] = field.box;
        this.page = page;
        const picture = this.showPage();
        const mark = h("div.mark", null, h("span.hidden", null, t("original.box")));
        mark.style.left = `${x0 * 100}%`;
        mark.style.top = `${y0 * 100}%`;
        mark.style.width = `${Math.max(x1 - x0, 0.01) * 100}%`;
        mark.style.height = `${Math.max(y1 - y0, 0.008) * 100}%`;
        this.sheet.append(mark);
        // Only what holds the page is moved, not everything around it; where the page is out of sight (a phone) it is brought there first.
        const bring = () => {
            const {top, bottom} = this.stage.getBoundingClientRect();
            if (bottom < 100 || top > window.innerHeight - 100) this.node.scrollIntoView({block: "start"});
            this.stage.scrollTop = mark.offsetTop - this.stage.clientHeight / 3;
            this.stage.scrollLeft = mark.offsetLeft - this.stage.clientWidth / 3;
        };
        picture.addEventListener("load", bring);
        bring();
    }

    /* --- a mail ----------------------------------------------------------------------------------------------------------- */

    showMessage(message) {
        this.document = null;
        this.clear();
        const button = (words, act, on) => h("button", {type: "button", "aria-pressed": String(on), onclick: act}, words);
        const bar = (headers) =>
            fill(
                this.bar,
                button(t("entry.mail"), () => this.showMessage(message), !headers),
                button(
                    t("entry.headers"),
                    async () => {
                        bar(true);
                        await this.headers(message);
                    },
                    headers,
                ),
                h("span.grow"),
                h("a.button", {href: address(`/messages/${message.id}/original`), download: ""}, t("entry.download.mail")),
            );
        bar(false);
        this.frame(address(`/messages/${message.id}/view`), t("entry.mail"));
    }

    async headers(message) {
        this.clear();
        try {
            this.sheet.className = "sheet paper";
            fill(this.sheet, h("pre.headers", {dir: "ltr"}, visible(await text(`/messages/${message.id}/headers`))));
        } catch (error) {
            this.say(sentence(error));
        }
    }

    /** No script, no forms, no links out: the frame is of another origin than the desk, whatever stands in it. */
    frame(src, name) {
        this.sheet.className = "sheet framed";
        fill(this.sheet, h("iframe", {src, sandbox: "", referrerpolicy: "no-referrer", title: t("original.frame", {name})}));
    }

    say(words) {
        this.sheet.className = "sheet";
        fill(this.sheet, h("p.empty", null, words));
    }
}
