// The script of every page, loaded as a module. Everything on a page also works without it.
import "./requests.js";
import htmx from "htmx.org/dist/htmx.esm.js";
import { forbidEval } from "./forbid-eval.js";
import { installConfirm } from "./confirm.js";
import { installCopy } from "./copy.js";
import { installMenus } from "./menus.js";
import { installSelection } from "./selection.js";
import { installTheme } from "./theme.js";
import { installToasts } from "./toasts.js";

forbidEval(htmx);
document.documentElement.classList.add("has-script");
installTheme();
installMenus();
installSelection();
installConfirm();
installCopy();
installToasts();

// The heavier parts come only to the pages (or swapped fragments) that name them.
async function enhance(root) {
  const selects = root.querySelectorAll("select[data-lookup], select[data-pick]");
  if (selects.length > 0) (await import("./lookup.js")).enhanceSelects(selects);
  if (root.querySelector("[data-bs-toggle]")) await import("./behaviours.js");
}

enhance(document);
document.addEventListener("htmx:after:swap", (event) => {
  enhance(event.detail.ctx?.target?.isConnected ? event.detail.ctx.target : document);
});
