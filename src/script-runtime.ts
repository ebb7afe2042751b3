export { createConsumerAuth } from "./ui/create-consumer-auth.js";
export { defineElements, startPageClient } from "./ui/script-runtime.js";
