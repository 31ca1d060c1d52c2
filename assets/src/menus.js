// Menus are <details class="lo-menu">: they open without script. This closes them: on a click outside, on Escape
// (the focus goes back to the button), and when another one opens; arrow keys walk through the items. A menu that its
// scrolled table would cut off opens upwards.

function openMenus() {
  return document.querySelectorAll("details.lo-menu[open]");
}

function step(menu, direction) {
  const items = [...menu.querySelectorAll(".lo-menu-item")];
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? (direction > 0 ? 0 : items.length - 1) : (at + direction + items.length) % items.length;
  items[next]?.focus();
}

function openUpwardsIfCutOff(menu) {
  menu.classList.remove("lo-menu-up");
  const frame = menu.closest(".lo-table-wrap");
  const list = menu.querySelector(".lo-menu-list");
  if (!menu.open || !frame || !list) return;
  const room = frame.getBoundingClientRect();
  const fitsAbove = menu.getBoundingClientRect().top - list.offsetHeight > room.top;
  if (list.getBoundingClientRect().bottom > room.bottom && fitsAbove) menu.classList.add("lo-menu-up");
}

export function installMenus() {
  const onToggle = (event) => event.target.matches?.("details.lo-menu") && openUpwardsIfCutOff(event.target);
  document.addEventListener("toggle", onToggle, true); // toggle does not bubble
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.lo-menu[open]");
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  // On phones: choosing in the opened navigation closes it again when the page is only swapped.
  document.addEventListener("htmx:after:history:push", () => {
    for (const toggle of document.querySelectorAll(".lo-nav-toggle:checked")) toggle.checked = false;
  });
}
