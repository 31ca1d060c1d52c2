// Tick boxes of a list. <input type="checkbox" data-check-all> ticks every [data-check] of its form (or table); with
// data-check-all="view" only those with data-check="view". Shift-click ticks a range. [data-checked-count] shows how
// many are ticked. In a matrix, data-needs="id" ticks what it needs, and unticking that takes this one away with it.

function scopeOf(box) {
  return box.closest("form") ?? box.closest("table, fieldset") ?? document;
}

function boxesFor(all) {
  const group = all.dataset.checkAll;
  const found = scopeOf(all).querySelectorAll("input[data-check]:not(:disabled)");
  return [...found].filter((box) => group === "" || box.dataset.check === group);
}

function refresh(scope) {
  for (const all of scope.querySelectorAll("input[data-check-all]")) {
    const boxes = boxesFor(all);
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const count = scope.querySelectorAll("input[data-check]:checked").length;
  for (const place of scope.querySelectorAll("[data-checked-count]")) place.textContent = String(count);
}

function followNeeds(box) {
  const needed = box.dataset.needs && document.getElementById(box.dataset.needs);
  if (box.checked && needed && !needed.checked && !needed.disabled) {
    needed.checked = true;
    followNeeds(needed);
  }
  if (box.checked || !box.id) return;
  for (const other of document.querySelectorAll(`input[data-needs="${CSS.escape(box.id)}"]:checked`)) {
    other.checked = false;
    followNeeds(other);
  }
}

function tickRange(from, to) {
  const boxes = [...scopeOf(to).querySelectorAll("input[data-check]:not(:disabled)")];
  const [a, b] = [boxes.indexOf(from), boxes.indexOf(to)].sort((x, y) => x - y);
  if (a < 0) return;
  for (const box of boxes.slice(a, b + 1)) box.checked = to.checked;
}

export function installSelection() {
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if ("check" in box.dataset) {
      if (event.shiftKey && last && last !== box) tickRange(last, box);
      last = box;
    }
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if ("checkAll" in box.dataset) {
      for (const each of boxesFor(box)) {
        each.checked = box.checked;
        followNeeds(each);
      }
    } else {
      followNeeds(box);
    }
    refresh(scopeOf(box));
  });
  document.addEventListener("htmx:after:swap", () => refresh(document));
  window.addEventListener("pageshow", () => refresh(document));
}
