// Starts GraphiQL. The page hands over the endpoint, the first query and the examples in data attributes.
"use strict";

(() => {
  const main = document.getElementById("graphiql");
  const notice = document.getElementById("notice");
  const status = document.getElementById("status");
  const foyer = window.foyer ?? {};
  const { endpoint, firstQuery, examples } = main.dataset;
  const STORED = "graphiql:"; // what GraphiQL puts before its keys
  const headersWith = (foyer.headersWith = (token) => `{"Authorization": ${JSON.stringify(`Bearer ${token}`)}}`);

  start().catch((error) => say(`GraphiQL could not be started: ${error.message}`));

  async function start() {
    const ours = foyer.createFetcher && foyer.examplesPlugin && foyer.watch;
    if (!window.React || !window.ReactDOM || !window.GraphiQL || !window.GraphiQLPluginExplorer || !ours) {
      throw new Error("a file of the page did not load. Reload the page.");
    }
    foyer.watch(document.body);
    const token = takeToken();
    const [query, nouns] = await Promise.all([textOf(firstQuery), textOf(examples).then(JSON.parse)]);
    ReactDOM.createRoot(main).render(React.createElement(explorerApp(query, nouns, token)));
    skipToEditor();
  }

  function explorerApp(query, nouns, token) {
    const { createElement, useEffect, useState } = React;
    const storage = sessionStorageOrNone();
    const tell = { schema: say, status: (text) => (status.textContent = text) };
    const fetcher = foyer.createFetcher(endpoint, tell);
    const plugins = [foyer.examplesPlugin(nouns, fetcher, tell), GraphiQLPluginExplorer.explorerPlugin()];
    // A new tab starts with the headers last used in this session.
    const defaultHeaders = (!token && headersOfOpenTab(storage)) || headersWith(token ?? "");
    // GraphiQL finds the tab to reopen by its text and the stored headers, which it empties at every start.
    storage?.setItem(`${STORED}headers`, headersOfOpenTab(storage) ?? defaultHeaders);

    return function App() {
      const [headers, setHeaders] = useState();
      useEffect(() => {
        // Set after the first render, they go into the tab that was open before a reload, not into one more.
        if (token) setHeaders(headersWith(token));
        // A link with a token that is followed while the page is open changes only the fragment.
        const follow = () => {
          const fresh = takeToken();
          if (fresh) setHeaders(headersWith(fresh));
        };
        window.addEventListener("hashchange", follow);
        return () => window.removeEventListener("hashchange", follow);
      }, []);
      return createElement(
        GraphiQL,
        {
          fetcher,
          plugins,
          storage,
          headers,
          defaultHeaders,
          defaultQuery: query,
          defaultEditorToolsVisibility: "headers",
          isHeadersEditorEnabled: true,
          shouldPersistHeaders: true,
        },
        createElement(GraphiQL.Logo, null, createElement(Logo)),
      );
    };
  }

  // Lies in the logo's place because that is inside GraphiQL's contexts: it watches for a token typed after
  // the schema was refused, and asks again when the typing pauses.
  function Logo() {
    const { useEffect, useRef } = React;
    foyer.useLabels();
    const { headerEditor } = GraphiQL.React.useEditorContext({ nonNull: true });
    const { schema, introspect } = GraphiQL.React.useSchemaContext({ nonNull: true });
    const latest = useRef(introspect);
    useEffect(() => {
      latest.current = introspect;
    });
    useEffect(() => {
      if (!headerEditor || schema) return undefined;
      let timer;
      const askAgain = () => {
        clearTimeout(timer);
        timer = setTimeout(() => latest.current(), 700);
      };
      headerEditor.on("change", askAgain);
      return () => {
        clearTimeout(timer);
        headerEditor.off("change", askAgain);
      };
    }, [headerEditor, schema]);
    return React.createElement("span", { className: "foyer-logo" }, "foyer");
  }

  function say(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  function skipToEditor() {
    const skip = document.getElementById("skip");
    skip.hidden = false;
    skip.addEventListener("click", () => main.querySelector(".graphiql-query-editor .CodeMirror")?.CodeMirror.focus());
  }

  // The fragment never reaches a server; taking it out of the address bar keeps it out of bookmarks as well.
  function takeToken() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (token) history.replaceState(history.state, "", location.pathname + location.search);
    return token;
  }

  async function textOf(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`a file of the page did not load (${response.status}). Reload the page.`);
    return response.text();
  }

  function headersOfOpenTab(storage) {
    const { tabs, activeTabIndex } = JSON.parse(storage?.getItem(`${STORED}tabState`) ?? "{}");
    return tabs?.[activeTabIndex]?.headers;
  }

  // Headers hold a token, and GraphiQL's history holds headers, so everything ends with the browser tab.
  function sessionStorageOrNone() {
    try {
      return window.sessionStorage;
    } catch {
      return null;
    }
  }
})();
