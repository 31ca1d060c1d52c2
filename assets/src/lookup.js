// A <select data-lookup="/address"> becomes a field that searches as one types: the address is asked with ?q=… and
// answers [{"id": "17", "name": "Acme"}, …]. <select data-pick> is the same over its own options (multi-select
// picklists). Without script they stay plain selects.
import TomSelect from "tom-select/base";
import clearButton from "tom-select/plugins/clear_button/plugin.js";
import removeButton from "tom-select/plugins/remove_button/plugin.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);

async function ask(address, query) {
  const url = new URL(address, document.baseURI);
  url.searchParams.set("q", query);
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`look-up answered ${answer.status}`);
  return answer.json();
}

function plugins(select) {
  if (select.multiple) return { remove_button: { title: select.dataset.removeLabel ?? "Remove" } };
  return select.required ? [] : { clear_button: { title: select.dataset.clearLabel ?? "Clear" } };
}

function settings(select) {
  const shared = {
    plugins: plugins(select),
    allowEmptyOption: false, // the text of the empty option is the placeholder; Backspace and the button choose it
    maxOptions: 200,
  };
  const address = select.dataset.lookup;
  if (!address) return shared;
  return {
    ...shared,
    valueField: "id",
    labelField: "name",
    searchField: ["name"],
    preload: "focus",
    load: (query, done) => ask(address, query).then(done, () => done()),
  };
}

export function enhanceSelects(selects) {
  for (const select of selects) {
    if (select.tomselect) continue;
    new TomSelect(select, settings(select));
    select.setAttribute("aria-hidden", "true"); // its label now names the field that took its place
  }
}
