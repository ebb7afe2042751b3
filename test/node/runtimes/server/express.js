import { getRequestListener } from "@hono/node-server";
import express from "express";
import { createApp } from "./app.js";

const app = await createApp(JSON.parse(process.argv[2]));
const server = express()
  .use(getRequestListener(app))
  .listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address())));
