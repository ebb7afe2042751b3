export { loadOnDemand, startPageClient } from "./ui/script-runtime.js";
