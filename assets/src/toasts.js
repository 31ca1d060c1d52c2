// What could not be shown in the page: a request that failed in the server or on the way. [data-dismiss] closes the
// flash it stands in. The texts can be set on <body> as data-error-server and data-error-network.

function region() {
  let found = document.querySelector(".lo-toasts");
  if (!found) {
    found = document.createElement("div");
    found.className = "lo-toasts";
    found.setAttribute("role", "status");
    document.body.append(found);
  }
  return found;
}

function toast(text) {
  const box = document.createElement("div");
  box.className = "lo-flash lo-flash-bad";
  const words = document.createElement("div");
  words.textContent = text;
  box.append(words);
  region().replaceChildren(box);
  setTimeout(() => box.remove(), 10000);
}

export function installToasts() {
  const words = document.body.dataset;
  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail.ctx?.response;
    if (!response || response.status < 500) return;
    const id = response.headers?.get?.("x-request-id");
    const text = words.errorServer ?? "Something went wrong on the server. Nothing was changed.";
    toast(id ? `${text} (${id})` : text);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) toast(words.errorNetwork ?? "The server could not be reached. Please try again.");
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-dismiss]");
    button?.closest(".lo-flash")?.remove();
  });
}
