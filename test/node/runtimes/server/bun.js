/* global Bun */
import { createApp } from "./app.js";

const fetch = await createApp(JSON.parse(process.argv[2]));
const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
console.log(JSON.stringify({ port }));
