import { asPublished } from "./scripts/manifest-plugins/as-published.mjs";
import { optionsAsAttributes } from "./scripts/manifest-plugins/options-as-attributes.mjs";

export default {
  globs: ["src/ui/*.ts", "src/config/options.ts"],
  litelement: true,
  plugins: [optionsAsAttributes(), asPublished()],
};
