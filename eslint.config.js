import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import lit from "eslint-plugin-lit";
import globals from "globals";
import tseslint from "typescript-eslint";

const banned = (selector, message) => ({ selector, message });

export default defineConfig(
  globalIgnores(["dist/", "coverage/", ".cache/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
    },
  },
  {
    files: ["**/*.ts", "**/*.mts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // The compiler's noPropertyAccessFromIndexSignature asks for the brackets that this rule forbids.
      "@typescript-eslint/dot-notation": "off",
      // A number in a template reads well and can't go wrong.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => doIt()` as a handler, and `return refuse()` to leave a function early, are clearer than a block.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    extends: [lit.configs["flat/recommended"]],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["lit/directives/unsafe-*", "lit-html/directives/unsafe-*"],
              message: "Markup from strings is how pages get injected.",
            },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        {
          name: "localStorage",
          message: "What outlives the page goes to the store, in IndexedDB.",
        },
      ],
      "no-restricted-syntax": [
        "error",
        banned(
          "MemberExpression[property.name='localStorage']",
          "What outlives the page goes to the store, in IndexedDB.",
        ),
        banned(
          "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]",
          "Markup from strings is how pages get injected: use Lit or the DOM's own methods.",
        ),
        banned(
          "CallExpression[callee.object.name='document'][callee.property.name=/^(write|writeln)$/]",
          "Markup from strings is how pages get injected: use Lit or the DOM's own methods.",
        ),
      ],
    },
  },
  {
    files: ["src/ui/**/*.ts"],
    rules: {
      // Lit calls a listener of a template with the element as `this`.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // `expect(x).to.be.true` is an assertion.
      "@typescript-eslint/no-unused-expressions": "off",
      // A test may insist on what it has just arranged; when it is wrong the test fails, as it should.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Stand-ins keep the signature of what they stand in for.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    files: ["test/node/**/*.ts", "test/e2e/**/*.ts"],
    rules: {
      // node:test's describe and it return promises that nobody needs to await.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", name: ["describe", "it", "suite", "test"], package: "node:test" },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: { globals: globals.node },
  },
);
