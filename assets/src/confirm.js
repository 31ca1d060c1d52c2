// "Are you sure?" as a <dialog>: for htmx requests (hx-confirm="text") and for plain forms, buttons and links
// (data-confirm="text"). data-confirm-title, data-confirm-label (of the button) and data-confirm-tone="bad" refine it.
// Without script a plain form is sent at once: what must not happen by accident has a page of its own that asks.

let dialog;

function build() {
  const made = document.createElement("dialog");
  made.className = "lo-dialog";
  made.setAttribute("aria-labelledby", "confirm-title");
  made.innerHTML = `<form method="dialog">
    <h2 id="confirm-title"></h2><p></p>
    <footer><button class="btn" value="no"></button><button class="btn" value="yes"></button></footer></form>`;
  document.body.append(made);
  return made;
}

function ask(source, text) {
  if (!dialog?.isConnected) dialog = build();
  const words = document.body.dataset;
  const [no, yes] = dialog.querySelectorAll("button");
  dialog.querySelector("h2").textContent = source.dataset.confirmTitle ?? words.confirmTitle ?? "Please confirm";
  dialog.querySelector("p").textContent = text;
  no.textContent = words.confirmCancel ?? "Cancel";
  yes.textContent = source.dataset.confirmLabel ?? words.confirmLabel ?? "Confirm";
  yes.className = source.dataset.confirmTone === "bad" ? "btn btn-danger" : "btn btn-primary";
  dialog.returnValue = "no";
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function onSubmit(event) {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
  const text = source.dataset?.confirm;
  if (!text || source.dataset.confirmed === "yes") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source, text))) return;
  source.dataset.confirmed = "yes";
  event.target.requestSubmit(event.submitter);
  delete source.dataset.confirmed;
}

async function onClick(event) {
  const link = event.target.closest?.("a[data-confirm]");
  if (!link) return;
  event.preventDefault();
  if (await ask(link, link.dataset.confirm)) window.location.assign(link.href);
}

export function installConfirm() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:confirm", async (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx?.confirm) return;
    event.preventDefault();
    if (await ask(ctx.sourceElement, ctx.confirm)) issueRequest();
    else dropRequest();
  });
}
