/* global Deno */
import { createApp } from "./app.js";

const app = await createApp(JSON.parse(Deno.args[0]));
const onListen = (address) => console.log(JSON.stringify(address));
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, app);
