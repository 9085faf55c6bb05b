// The panel “Examples”: documents to start from, noun by noun. One that is opened gets a tab of its own, its variables
// filled in with what the token reaches. Where the documents come from: server/graphiql_examples.py.
"use strict";

(() => {
  const foyer = (window.foyer ??= {});
  const OWN = /^= /; // a variable that is asked for, such as "= giftCards(first: 1) { nodes { id } }"

  foyer.examplesPlugin = (nouns, fetcher, tell) => ({
    title: "Examples",
    icon: Icon,
    content: () => React.createElement(Panel, { nouns, fetcher, tell }),
  });

  function Panel({ nouns, fetcher, tell }) {
    const { createElement: h, useState } = React;
    const [wanted, setWanted] = useState("");
    const open = useOpening(fetcher, tell);
    const shown = nouns.map((noun) => ({ ...noun, examples: noun.examples.filter(matching(noun, wanted)) }));
    const count = shown.reduce((sum, noun) => sum + noun.examples.length, 0);
    return h(
      "section",
      { className: "foyer-examples", "aria-labelledby": "foyer-examples-title" },
      h("h2", { id: "foyer-examples-title" }, "Examples"),
      h("p", null, "Each opens in a new tab, with variables that fit what your token reaches."),
      h("input", {
        type: "search",
        value: wanted,
        placeholder: "gift card, subscription, …",
        "aria-label": "Find examples",
        onChange: (event) => setWanted(event.target.value),
      }),
      h("p", { role: "status", className: "foyer-count" }, count ? `${count} examples` : "There is no such example."),
      ...shown.filter((noun) => noun.examples.length).map((noun) => h(Noun, { key: noun.title, noun, open })),
    );
  }

  function Noun({ noun, open }) {
    const h = React.createElement;
    return h(
      React.Fragment,
      null,
      h("h3", null, noun.title),
      h(
        "ul",
        null,
        noun.examples.map((example) =>
          h(
            "li",
            { key: example.title },
            h(
              "button",
              { type: "button", className: "graphiql-un-styled", onClick: () => open(example) },
              h("span", { className: `foyer-kind foyer-${example.kind}` }, example.kind),
              h("span", null, example.title),
            ),
          ),
        ),
      ),
    );
  }

  function matching(noun, wanted) {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    return (example) => {
      const text = `${noun.title} ${example.kind} ${example.title} ${example.query}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
  }

  // GraphiQL fills a new tab while it draws it; what is to be in it is written after that.
  function useOpening(fetcher, tell) {
    const { useEffect, useRef } = React;
    const { addTab, tabs, queryEditor, variableEditor, headerEditor } = GraphiQL.React.useEditorContext({ nonNull: true });
    const { stop } = GraphiQL.React.useExecutionContext({ nonNull: true });
    const waiting = useRef(null);
    useEffect(() => {
      const next = waiting.current;
      if (!next) return;
      waiting.current = null;
      queryEditor.setValue(next.query);
      variableEditor.setValue(next.variables);
      headerEditor.setValue(next.headers);
      if (next.variables) foyer.showVariables();
      queryEditor.focus();
      tell.status(`Opened in a new tab: ${next.title}. ${next.missing}`);
    }, [tabs.length]);
    return async (example) => {
      const headers = headerEditor.getValue();
      const { variables, missing } = await filledIn(example.variables, fetcher, headers);
      waiting.current = { ...example, headers, missing, variables: asText(variables) };
      stop();
      addTab();
    };
  }

  async function filledIn(variables, fetcher, headers) {
    const asked = Object.entries(variables).filter(([, value]) => OWN.test(value));
    if (!asked.length) return { variables, missing: "" };
    const fields = asked.map(([, value], index) => `v${index}: ${value.replace(OWN, "")}`);
    const { answer } = await fetcher.ask({ query: `{ ${fields.join(" ")} }` }, parsed(headers));
    const found = asked.map(([name], index) => [name, firstLeaf(answer.data?.[`v${index}`])]);
    const lacking = found.filter(([, value]) => value === null).map(([name]) => `$${name}`);
    const missing = lacking.length ? `There is nothing yet for ${lacking.join(", ")}.` : "";
    return { variables: { ...variables, ...Object.fromEntries(found) }, missing };
  }

  function firstLeaf(value) {
    if (value === undefined || value === null) return null;
    return typeof value === "object" ? firstLeaf(Object.values(value)[0]) : value;
  }

  function parsed(headers) {
    try {
      return JSON.parse(headers);
    } catch {
      return {};
    }
  }

  const asText = (variables) => (Object.keys(variables).length ? JSON.stringify(variables, null, 2) : "");

  function Icon(props) {
    const h = React.createElement;
    const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5, strokeLinecap: "round" };
    return h(
      "svg",
      { viewBox: "0 0 20 24", height: "1em", ...props },
      h("path", { ...line, d: "M3 4.5h14v15H3zM6.5 9h7M6.5 12h7M6.5 15h4" }),
    );
  }
})();
