// What GraphiQL and its explorer leave out for those who use the keyboard or have the page read to them. React leaves
// alone what it did not set itself, so attributes are added whenever something was drawn.
"use strict";

(() => {
  const foyer = (window.foyer ??= {});
  const EXPLORED = '.graphiql-explorer-root span[style*="cursor: pointer"]';
  const CHECKBOX = 'svg[viewBox="0 0 15 15"]';
  const ARROW = 'svg[viewBox="0 0 5 8"]';
  const RULES = [
    [".graphiql-sidebar", { role: "navigation", "aria-label": "Panels and settings" }],
    [".graphiql-plugin", { role: "region", "aria-label": "Panel" }],
    // GraphiQL has buttons among its tabs and within them, which tabs must not have: so these are buttons.
    [".graphiql-tabs", { role: "group", "aria-label": "Open documents" }],
    [".graphiql-tab", { role: "presentation", "aria-selected": null }],
    [".graphiql-tab-button", { "aria-current": (each) => String(isActive(each.closest(".graphiql-tab"))) }],
    [".graphiql-tab-close", { "aria-label": (each) => `Close ${each.previousSibling.textContent}` }],
    ["#graphiql-session", { role: "region", "aria-label": "Document and answer", "aria-labelledby": null }],
    [".graphiql-editor-tools button[data-name]", { "aria-pressed": (each) => String(isActive(each)) }],
    [".graphiql-button-group button", { "aria-pressed": (each) => String(isActive(each)) }],
    [".graphiql-history-item-label", { "aria-label": (each) => each.textContent }],
    [".CodeMirror-hints", { "aria-label": "Completions" }],
    // The whole answer, line numbers included, would be read out; what came is told in #status.
    [".result-window", { "aria-label": "Answer", "aria-live": "off", "aria-atomic": null }],
    [EXPLORED, { tabindex: "0", role: (each) => (each.querySelector(CHECKBOX) ? "checkbox" : "button") }],
    [`${EXPLORED}:has(> ${CHECKBOX})`, { "aria-checked": (each) => String(!!each.querySelector(`${CHECKBOX} path`)) }],
    [`${EXPLORED}:has(${ARROW})`, { "aria-expanded": (each) => String(!!each.querySelector(`${ARROW}[style*=rotate]`)) }],
    [".graphiql-explorer-root :is(input, select)", { "aria-label": labelBefore }],
  ];

  foyer.watch = (root) => {
    let waiting = false;
    const draw = () => {
      waiting = false;
      for (const [selector, attributes] of RULES) document.querySelectorAll(selector).forEach(set(attributes));
    };
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(draw);
    }).observe(root, { subtree: true, childList: true, attributeFilter: ["class"] });
    root.addEventListener("keydown", (event) => {
      if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches(EXPLORED)) return;
      event.preventDefault();
      event.target.click();
    });
  };

  // Called from inside GraphiQL's contexts.
  foyer.useLabels = () => {
    const editors = GraphiQL.React.useEditorContext({ nonNull: true });
    const { queryEditor, variableEditor, headerEditor, responseEditor } = editors;
    React.useEffect(() => {
      label(queryEditor, "Query");
      label(variableEditor, "Variables");
      label(headerEditor, "Headers");
      label(responseEditor, "Answer");
    }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  };

  foyer.showVariables = () => document.querySelector('.graphiql-editor-tools button[data-name="variables"]')?.click();

  function label(editor, name) {
    if (!editor) return;
    editor.setOption("screenReaderLabel", name);
    editor.setOption("lineWrapping", true);
    // Tab would indent, and nobody without a mouse would get out again.
    editor.addKeyMap({ Tab: false, "Shift-Tab": false });
  }

  function set(attributes) {
    return (element) => {
      for (const [name, wanted] of Object.entries(attributes)) {
        const value = typeof wanted === "function" ? wanted(element) : wanted;
        if (value === null) element.removeAttribute(name);
        else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
      }
    };
  }

  const isActive = (element) => /(^|-| )active( |$)/.test(element.className);

  // The explorer writes an argument's name before its field, without a connection between them.
  function labelBefore(field) {
    let around = field.parentElement;
    while (!around.textContent.trim() && around.parentElement) around = around.parentElement;
    return field.placeholder || around.textContent.trim().split(/[:*\s]/)[0];
  }
})();
