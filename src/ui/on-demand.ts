/** What shows the prompt of a page with the script tag, in one request. */
export { definePrompt } from "./define-once.js";
export { bringUpOwnPrompt } from "./own-prompt.js";
