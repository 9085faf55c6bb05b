// Peer (d): PostGraphile on the peers' tables, set up after its pages "Configuration", "Production considerations" and
// "Using PostGraphile as a library", with Grafserv on Node's own HTTP server. `../README.md` has the rules.
//
//     NODE_ENV=production PEER_DATABASE_URL=postgresql://… PEER_HOST=127.0.0.1 PEER_PORT=8001 PEER_CONNECTIONS=8 node server.js

import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { postgraphile } from "postgraphile";

const { PEER_DATABASE_URL, PEER_HOST, PEER_PORT, PEER_CONNECTIONS } = process.env;

/** @type {GraphileConfig.Preset} */
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: PEER_DATABASE_URL,
      // Connections stay open, as foyer's do. No role or settings are set for a request: that would open a transaction.
      poolConfig: { min: Number(PEER_CONNECTIONS), max: Number(PEER_CONNECTIONS), idleTimeoutMillis: 0 },
      schemas: ["public"],
      pubsub: false,
    }),
  ],
  // `outputDataAsString` writes the answer as text while it is put together.
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
  grafast: { explain: false },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(PEER_PORT), PEER_HOST);
process.on("SIGTERM", () => process.exit(0));
