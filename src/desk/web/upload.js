// upload.js: a paper or chat document becomes a submission.
import {upload} from "./api.js";
import {ask, buttons} from "./dialog.js";
import {fill, h} from "./dom.js";
import {sentence, tell} from "./notice.js";
import {labelled} from "./widgets.js";
import {t} from "./words.js";

export function registerDocument() {
    const file = h("input", {type: "file", required: true});
    const text = (name, props) => h("input", {name, maxlength: 200, ...props});
    const error = h("p.error", {role: "alert"});
    return ask(t("upload.title"), (close) => {
        const go = h("button.primary", {type: "submit"}, t("upload.do"));
        const form = h(
            "form.dialog-body",
            {
                onsubmit: async (event) => {
                    event.preventDefault();
                    go.disabled = true;
                    try {
                        await upload("/uploads", {name: file.files[0].name, ...Object.fromEntries(new FormData(form))}, file.files[0]);
                        tell(t("upload.done"));
                        close(true);
                    } catch (failure) {
                        fill(error, sentence(failure));
                        go.disabled = false;
                    }
                },
            },
            h("p", null, t("upload.note")),
            labelled(t("upload.file"), file),
            labelled(t("upload.name"), text("from_name")),
            labelled(t("upload.address"), text("from_address", {type: "email"})),
            labelled(t("upload.subject"), text("subject")),
            labelled(t("upload.how"), text("note"), t("upload.how.hint")),
            error,
            buttons(h("button", {type: "button", onclick: () => close(null)}, t("cancel")), go),
        );
        return form;
    });
}
