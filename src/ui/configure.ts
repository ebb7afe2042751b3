/** What a page with the script tag needs to make further clients. */
export { createConsumerAuth } from "./create-consumer-auth.js";
export { defineElements } from "./define-elements.js";
