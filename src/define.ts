import { defineElements } from "./ui/define-elements.js";

defineElements();
