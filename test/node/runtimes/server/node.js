import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.js";

const app = await createApp(JSON.parse(process.argv[2]));
const server = createServer(getRequestListener(app));
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address())));
