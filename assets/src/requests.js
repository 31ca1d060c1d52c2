// htmx reads its settings once, while its module is evaluated; so this module runs before it and leaves them where it
// looks. The page itself then needs no settings.
//  - no style element or sheet of htmx's own: the indicator rules stand in loggia.css (style-src 'self')
//  - a failure of the server leaves the page as it is, toasts.js says so; 4xx answers are swapped: forms with errors
//  - going back reloads from the server: what a person may no longer see must not come out of a cache
if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement("meta");
  meta.name = "htmx-config";
  meta.content = JSON.stringify({
    includeIndicatorCSS: false,
    noSwap: [204, 304, "5xx"],
    history: "reload",
    defaultTimeout: 60000,
  });
  document.head.append(meta);
}
