// `hx-on:…`, `js:` values and trigger filters build functions from text. The content security policy refuses that
// anyway; this refuses it with a sentence that says what to do instead, in every browser and in development too.
export function forbidEval(htmx) {
  function Refused() {
    throw new Error("script in an attribute (hx-on, js:, trigger filter) is refused: write a module in assets/src");
  }
  htmx.registerExtension("forbid-eval", {
    init: (api) => api.initSecurity(null, Refused, Refused),
  });
}
