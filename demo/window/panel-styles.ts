/** The vendor's look, in a shadow root: nothing of the brand's page reaches in. */
export const PANEL_STYLES = `
  :host {
    --ink: #1d2430; --soft: #5d6675; --line: #dfe3ea; --paper: #fff; --wash: #f3f5f9;
    --mine: #33508f; --on-mine: #fff; --head: #26324a; --on-head: #fff; --bad: #a6262b;
    --bad-wash: #fdecec; --ring: #3f6fd8;
    display: block; color-scheme: light dark;
    font: 0.9375rem/1.5 system-ui, sans-serif; color: var(--ink);
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --ink: #e8ebf2; --soft: #a3adbe; --line: #343d4f; --paper: #171d28; --wash: #202837;
      --mine: #4a6cb8; --head: #232d40; --bad: #ff9c9c; --bad-wash: #43232a; --ring: #8fb0ff;
    }
  }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  p { margin: 0; overflow-wrap: anywhere; }
  .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  .panel {
    display: flex; flex-direction: column; block-size: 25rem; overflow: hidden;
    background: var(--paper); border: 1px solid var(--line); border-radius: 14px;
  }
  header {
    display: flex; align-items: center; gap: 0.75rem; padding: 0.7rem 1rem;
    background: var(--head); color: var(--on-head);
  }
  .avatar {
    display: grid; place-items: center; inline-size: 2.125rem; block-size: 2.125rem; flex: none;
    border-radius: 50%; background: rgb(255 255 255 / 14%);
  }
  svg { inline-size: 1.125rem; block-size: 1.125rem; fill: currentColor; }
  .title { display: flex; flex-direction: column; line-height: 1.25; flex: 1; min-inline-size: 0; }
  .status { font-size: 0.8125rem; opacity: 0.85; }
  .status::before {
    content: ""; display: inline-block; inline-size: 0.5rem; block-size: 0.5rem;
    margin-inline-end: 0.4rem; border-radius: 50%; background: #9aa6bb;
  }
  [data-mood="connected"] .status::before { background: #5fd39a; }
  [data-mood="waiting"] .status::before { background: #f4c45c; animation: pulse 1.2s infinite alternate; }
  :is([data-mood="stuck"], [data-mood="refused"], [data-mood="failed"]) .status::before { background: #ff8080; }
  .clock { font-variant-numeric: tabular-nums; font-size: 0.8125rem; opacity: 0.85; }
  .warning {
    padding: 0.5rem 1rem; font-weight: 600; color: var(--bad); background: var(--bad-wash);
    border-block-end: 1px solid var(--line);
  }
  .stage { flex: 1; min-block-size: 0; display: flex; }
  .notice { margin: auto; padding: 1.5rem; max-inline-size: 26rem; text-align: center; }
  .headline { text-wrap: balance; font-size: 1.0625rem; font-weight: 600; margin-block-end: 0.35rem; }
  .text { color: var(--soft); }
  :is([data-mood="stuck"], [data-mood="refused"]) .headline { text-wrap: balance; color: var(--bad); }
  .messages {
    flex: 1; overflow-y: auto; padding: 1rem; display: flex; flex-direction: column; gap: 0.5rem;
  }
  .messages p { max-inline-size: 82%; padding: 0.5rem 0.8rem; border-radius: 14px; animation: rise 0.18s ease-out; }
  .theirs { align-self: flex-start; background: var(--wash); border-end-start-radius: 4px !important; }
  .mine { align-self: flex-end; background: var(--mine); color: var(--on-mine); border-end-end-radius: 4px !important; }
  .event { align-self: center; text-align: center; font-size: 0.8125rem; color: var(--soft); }
  form { display: flex; gap: 0.5rem; padding: 0.65rem; border-block-start: 1px solid var(--line); }
  input {
    flex: 1; min-inline-size: 0; padding: 0.5rem 0.9rem; font: inherit; color: inherit;
    background: var(--wash); border: 1px solid transparent; border-radius: 999px;
  }
  input::placeholder { color: var(--soft); opacity: 1; }
  button {
    display: grid; place-items: center; inline-size: 2.5rem; block-size: 2.5rem; flex: none; padding: 0;
    color: var(--on-mine); background: var(--mine); border: 0; border-radius: 50%; cursor: pointer;
  }
  :disabled { opacity: 0.55; cursor: default; }
  :focus-visible { outline: 2px solid var(--ring); outline-offset: 2px; }
  .messages:focus-visible { outline-offset: -3px; }
  @keyframes pulse { to { opacity: 0.35; } }
  @keyframes rise { from { opacity: 0; translate: 0 4px; } }
  @media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; } }
`;
