// theme.js: light, dark, or as the system says.
import {t} from "./words.js";

const ORDER = ["auto", "light", "dark"];

function chosen() {
    const kept = localStorage.getItem("shouwen.theme");
    return ORDER.includes(kept) ? kept : "auto";
}

export function themeName() {
    return t(`theme.${chosen()}`);
}

export function useTheme() {
    const theme = chosen();
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
}

export function nextTheme() {
    localStorage.setItem("shouwen.theme", ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    useTheme();
}
