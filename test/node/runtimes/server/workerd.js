import { env } from "cloudflare:workers";
import { createApp } from "./app.js";

// Outside of requests, where workers may neither fetch nor draw random numbers.
const app = await createApp(env.SETTINGS);
export default { fetch: (request) => app(request) };
