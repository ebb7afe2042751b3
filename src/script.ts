import { startScriptTag } from "./client/script-tag.js";

startScriptTag(document.currentScript, () => import("./script-runtime.js"));
