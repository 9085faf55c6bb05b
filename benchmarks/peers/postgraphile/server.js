// Peer (d): PostGraphile on the peers' tables, set up after its pages "Configuration", "Production considerations" and
// "Using PostGraphile as a library", with Grafserv on Node's own HTTP server. `../README.md` has the rules.
//
// With `PEER_CARE=1` it looks up who asks, and shows them their own rows alone, after its page "Security": the token is
// looked up at every request, and a role and a setting say to the row level security whose rows there are to be seen.
//
//     NODE_ENV=production PEER_DATABASE_URL=postgresql://… PEER_HOST=127.0.0.1 PEER_PORT=8001 PEER_CONNECTIONS=8 node server.js

import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { postgraphile } from "postgraphile";
import pg from "pg";

const { PEER_DATABASE_URL, PEER_HOST, PEER_PORT, PEER_CONNECTIONS, PEER_CARE } = process.env;

const ORGANIZER = "SELECT organizer_id FROM api_token WHERE token = $1";
const tokens = PEER_CARE && new pg.Pool({ connectionString: PEER_DATABASE_URL, min: 4, max: 4, idleTimeoutMillis: 0 });

/** Whose rows are to be seen: as the settings of the transaction in which they are read. */
async function care(request) {
  const [, token] = (request.headers.authorization ?? "").split(" ");
  const { rows } = await tokens.query({ name: "organizer", text: ORGANIZER, values: [token] });
  if (rows.length === 0) throw new Error("There is no such token.");
  return { role: "peer_visitor", "peer.organizer_id": String(rows[0].organizer_id) };
}

/** @type {GraphileConfig.Preset} */
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: PEER_DATABASE_URL,
      // Connections stay open, as foyer's do.
      poolConfig: { min: Number(PEER_CONNECTIONS), max: Number(PEER_CONNECTIONS), idleTimeoutMillis: 0 },
      schemas: ["public"],
      pubsub: false,
    }),
  ],
  // `outputDataAsString` writes the answer as text while it is put together.
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
  grafast: {
    explain: false,
    ...(PEER_CARE && { context: async ({ node }) => ({ pgSettings: await care(node.req) }) }),
  },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(PEER_PORT), PEER_HOST);
process.on("SIGTERM", () => process.exit(0));
