// chart.js: two charts in SVG. Each stands beside a table of the same figures, so screen readers are told to pass it over.
import {h, s, theirs} from "./dom.js";
import {number} from "./format.js";

const WIDTH = 1200;
const HEIGHT = 250;
const LEFT = 40;
const BOTTOM = 28;
const TOP = 10;

/** 1, 2 or 5 times a power of ten, so that at most five lines are drawn up to MOST. */
function step(most) {
    const rough = Math.max(most, 1) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    return Math.max(
        1,
        [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough),
    );
}

/** Stacked columns: COLUMNLIST holds {label, parts: [n…]}; NAMES those of the parts, in their order. */
export function columns(label, columnList, names) {
    const most = Math.max(1, ...columnList.map((one) => one.parts.reduce((sum, n) => sum + n, 0)));
    const by = step(most);
    const top = Math.ceil(most / by) * by;
    const y = (n) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - n / top);
    const each = (WIDTH - LEFT) / columnList.length;
    const every = Math.ceil(columnList.length / 10);
    const picture = s("svg.chart", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", focusable: "false"});
    for (let n = 0; n <= top; n += by)
        picture.append(
            s("line.grid", {x1: LEFT, x2: WIDTH, y1: y(n), y2: y(n)}),
            s("text.axis", {x: LEFT - 6, y: y(n) + 4, "text-anchor": "end"}, number(n)),
        );
    columnList.forEach((one, i) => {
        let sum = 0;
        one.parts.forEach((n, part) => {
            if (n > 0)
                picture.append(
                    s(`rect.series-${part % 8}`, {x: LEFT + i * each + each * 0.12, width: each * 0.76, y: y(sum + n), height: y(sum) - y(sum + n)}),
                );
            sum += n;
        });
        if (i % every === 0) picture.append(s("text.axis", {x: LEFT + (i + 0.5) * each, y: HEIGHT - 8, "text-anchor": "middle"}, one.label));
    });
    const box = h("div.chart-box", {tabindex: "0", role: "group", "aria-label": label}, picture);
    // Where it is wider than the screen, the latest is what is looked for.
    requestAnimationFrame(() => (box.scrollLeft = box.scrollWidth));
    return h(
        "figure",
        null,
        box,
        h(
            "ul.legend",
            {"aria-hidden": "true"},
            names.map((name, i) => h("li", null, s("svg", {viewBox: "0 0 10 10"}, s(`rect.series-${i % 8}`, {width: 10, height: 10})), name)),
        ),
    );
}

/** Bars that lie: BARS are {label, n, class}. */
export function bars(list) {
    const most = Math.max(1, ...list.map((one) => one.n));
    return h(
        "dl.bars",
        null,
        list.map((one) => {
            const fill = h(`span.bar-fill${one.class ? `.${one.class}` : ""}`);
            fill.style.width = `${(one.n / most) * 100}%`;
            return h(
                "div",
                null,
                h("dt", null, theirs(one.label)),
                h("dd", null, h("span.bar-track", {"aria-hidden": "true"}, fill), h("span.bar-number", null, number(one.n))),
            );
        }),
    );
}
