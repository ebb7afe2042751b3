/** All that a page with the script tag may need later, in one request. */
export { createConsumerAuth } from "./create-consumer-auth.js";
export { defineElements } from "./define-elements.js";
export { bringUpOwnPrompt } from "./own-prompt.js";
export { completeOptions } from "./page-options.js";
