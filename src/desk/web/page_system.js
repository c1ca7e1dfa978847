// page_system.js: the state of the machinery.
import {get, post} from "./api.js";
import {h, theirs} from "./dom.js";
import {bytes, number, when} from "./format.js";
import {attempt, tell} from "./notice.js";
import {empty, facts, heading, table} from "./widgets.js";
import {stateName, t} from "./words.js";

function quarantine(context, rows) {
    const clerk = context.session.user.role !== "reader";
    const redo = (message) =>
        attempt(async () => {
            await post(`/messages/${message.id}/redo`);
            tell(t("system.redone"));
            context.reload();
        });
    return rows.length
        ? table(
              t("system.quarantine"),
              [t("entry.received"), t("system.sender"), t("system.subject"), t("reason"), t("entry.actions")],
              rows.map((one) => [
                  when(one.received),
                  theirs(one.sender_name || one.sender_address || "—"),
                  theirs(one.subject || "—"),
                  theirs(one.reason || "—"),
                  clerk && h("button", {type: "button", onclick: () => redo(one)}, t("system.redo")),
              ]),
          )
        : empty(t("system.quarantine.none"));
}

function operation(answer) {
    return facts([
        [t("system.backlog"), number(answer.backlog)],
        [
            t("system.letters"),
            h(
                "a",
                {href: "#/letters"},
                ["held", "queued", "failed", "bounced"].map((state) => `${stateName(state)} ${answer.letters[state]}`).join(" · "),
            ),
        ],
        [t("system.reconciled"), answer.reconciled ? [when(answer.reconciled.at), " ", theirs(answer.reconciled.result)] : t("system.never")],
        [t("system.free"), bytes(answer.free_bytes)],
        [t("system.chain"), [h("code.hash", null, answer.chain.head), " ", h("span.faint", null, t("system.event", {n: answer.chain.event}))]],
        [
            t("system.versions"),
            Object.entries(answer.versions)
                .map(([name, version]) => `${name} ${version}`)
                .join(" · "),
        ],
    ]);
}

export async function system(context) {
    const answer = await get("/system");
    return {
        title: t("system.title"),
        live: context.refresh,
        node: h(
            "div",
            null,
            heading(t("system.title")),
            h(
                "section.panel",
                null,
                h("h2", null, t("system.alarms")),
                answer.alarms.length
                    ? h(
                          "ul.findings",
                          null,
                          answer.alarms.map((one) =>
                              h(
                                  "li.finding.error",
                                  null,
                                  h("span.finding-level", null, theirs(one.name)),
                                  h("span", null, theirs(one.text), " ", h("span.faint", null, t("system.since"), " ", when(one.since))),
                              ),
                          ),
                      )
                    : empty(t("system.alarms.none")),
            ),
            h("section.panel", null, h("h2", null, t("system.state")), operation(answer)),
            h(
                "section.panel",
                null,
                h("h2", null, t("system.mailboxes")),
                table(
                    t("system.mailboxes"),
                    [t("system.mailbox"), t("system.type"), t("system.fetched"), t("system.last"), t("system.arrivals")],
                    answer.mailboxes.map((one) => [theirs(one.name), one.type, when(one.fetched), when(one.last_arrival), number(one.arrivals)]),
                ),
            ),
            h("section.panel", null, h("h2", null, t("system.quarantine")), quarantine(context, answer.quarantine)),
        ),
    };
}
