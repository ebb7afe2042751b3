export { ConsumerAuthElement } from "./ui/consumer-auth-element.js";
export { defineElements } from "./ui/define-elements.js";
