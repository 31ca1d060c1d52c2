// Light, dark or as the system says. <button data-theme-toggle> goes round the three. The choice is the cookie
// `theme` (light | dark, absent for the system's), so that the server can write data-bs-theme and no page flashes.

const YEAR = 60 * 60 * 24 * 365;

function apply(choice) {
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = choice;
  for (const button of document.querySelectorAll("[data-theme-toggle]")) button.dataset.themeNow = choice;
}

function remember(choice) {
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  const age = choice === "system" ? 0 : YEAR;
  document.cookie = `theme=${choice}; Path=/; SameSite=Lax; Max-Age=${age}${secure}`;
}

function stored() {
  return /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie)?.[1] ?? "system";
}

export function installTheme() {
  apply(stored());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const next = { system: "light", light: "dark", dark: "system" }[stored()];
    remember(next);
    apply(next);
  });
}
