// How GraphiQL asks the server: everything by POST with the headers of its pane; a subscription is answered by an
// event stream (text/event-stream, the distinct connections mode of GraphQL over SSE), so it needs no second way in.
"use strict";

(() => {
  const foyer = (window.foyer ??= {});
  const ANSWER = "application/graphql-response+json, application/json";
  const STREAM = "text/event-stream";

  // `tell.schema(text)` is told why the schema could not be loaded, or "" once it was; `tell.status(text)` what came.
  foyer.createFetcher = (endpoint, tell) => {
    async function fetcher(given, { headers } = {}) {
      if (given.operationName === "IntrospectionQuery") return fetchSchema(given, headers);
      const { request, kind } = meant(given);
      if (kind === "subscription") return subscription(request, headers);
      tell.status("Running.");
      const { answer } = await ask(request, headers);
      tell.status(summary(answer));
      return answer;
    }

    async function fetchSchema(request, headers) {
      const { answer, response } = await ask(request, headers);
      tell.schema(answer.data?.__schema ? "" : `The schema could not be loaded: ${reason(answer, response)}`);
      return answer;
    }

    // What GraphiQL calls an observable: its stop button, or a change of tab, unsubscribes.
    function subscription(request, headers) {
      return {
        subscribe(observer) {
          const abort = new AbortController();
          follow(request, headers, observer, abort.signal).catch((error) => {
            if (!abort.signal.aborted) end(observer, failed(`The stream broke: ${error.message}.`));
          });
          return {
            unsubscribe() {
              abort.abort();
              tell.status("Unsubscribed.");
            },
          };
        },
      };
    }

    async function follow(request, headers, observer, signal) {
      tell.status("Subscribing.");
      const response = await send(request, headers, STREAM, signal);
      if (!response.headers.get("content-type")?.startsWith(STREAM)) return end(observer, await answerOf(response));
      tell.status("Subscribed. Events show as they come.");
      let last = {};
      let count = 0;
      for await (const { event, data } of events(response.body)) {
        if (event === "complete") {
          tell.status(last.errors ? summary(last) : `The subscription is over after ${plural(count, "event")}.`);
          return observer.complete();
        }
        if (event !== "next") continue;
        last = JSON.parse(data);
        count += 1;
        // A reader of the screen would never finish if each of many events were told.
        if (count === 1 || last.errors) tell.status(last.errors ? summary(last) : "The first event is there.");
        observer.next(last);
      }
      // What came last stays in sight: it has the cursor from which to go on, or says why there is no more.
      const over = "The server ended the stream. Subscribe again, after the last cursor.";
      return end(observer, last.errors ? last : { ...last, ...failed(over) });
    }

    function end(observer, answer) {
      tell.status(summary(answer));
      observer.next(answer);
      observer.complete();
    }

    function send(request, headers, accept, signal) {
      const sent = { Accept: accept, "Content-Type": "application/json", ...headers };
      return fetch(endpoint, { method: "POST", headers: sent, body: JSON.stringify(request), signal });
    }

    async function ask(request, headers) {
      try {
        const response = await send(request, headers, ANSWER);
        return { response, answer: await answerOf(response) };
      } catch (error) {
        return { answer: failed(`The server cannot be reached (${error.message}).`) };
      }
    }

    return Object.assign(fetcher, { ask });
  };

  // The lines of an event stream, an event at a time; comments keep the connection alive and are left out.
  async function* events(body) {
    let text = "";
    for (const reader = body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const parts = text.split(/\r?\n\r?\n/);
      text = parts.pop();
      for (const part of parts) yield eventOf(part);
    }
  }

  function eventOf(part) {
    const found = { event: "message", data: [] };
    for (const line of part.split(/\r?\n/)) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (name === "data") found.data.push(value);
      else if (name === "event") found.event = value;
    }
    return { ...found, data: found.data.join("\n") };
  }

  // GraphiQL looks at a text a moment after it has changed; whoever is quicker means the operation that is there now.
  function meant(given) {
    try {
      const { definitions } = GraphiQL.GraphQL.parse(given.query);
      const operations = definitions.filter((each) => each.kind === "OperationDefinition");
      const named = operations.find((each) => each.name?.value === given.operationName);
      const operation = named ?? (operations.length === 1 ? operations[0] : undefined);
      const operationName = operation ? operation.name?.value : given.operationName;
      return { request: { ...given, operationName }, kind: operation?.operation };
    } catch {
      return { request: given }; // the server says what is wrong with it
    }
  }

  async function answerOf(response) {
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      return failed(`${status(response)}, and not as GraphQL: ${text.slice(0, 200)}`);
    }
  }

  function reason(answer, response) {
    const message = answer.errors?.[0]?.message;
    if (!response) return `${message} Press “Re-fetch GraphQL schema” to try again.`;
    const advice =
      response.status === 401 || response.status === 403
        ? `Complete ${foyer.headersWith("YOUR-TOKEN")} under “Headers”; the schema then loads by itself.`
        : "Press “Re-fetch GraphQL schema” to try again.";
    return `${status(response)}${message ? ` (${message.replace(/\.$/, "")})` : ""}. ${advice}`;
  }

  const status = (response) => `the server answered ${response.status} ${response.statusText}`.trim();
  const failed = (message) => ({ errors: [{ message: message[0].toUpperCase() + message.slice(1) }] });
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function summary({ errors }) {
    return errors?.length ? `Answered with ${plural(errors.length, "error")}: ${errors[0].message}` : "Answered.";
  }
})();
