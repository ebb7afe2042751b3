import { css } from "lit";

export const styles = css`
  :host {
    color-scheme: light dark;
    --_accent: var(--consumer-auth-accent, light-dark(#1d4ed8, #8ab4ff));
    --_on-accent: var(--consumer-auth-on-accent, light-dark(#fff, #0b1220));
    --_surface: var(--consumer-auth-surface, light-dark(#fff, #1b2130));
    --_text: var(--consumer-auth-text, light-dark(#16191f, #eef1f6));
    --_muted: light-dark(#4b5563, #b6bfce);
    --_border: light-dark(#d5dae3, #3a4357);
    --_problem: light-dark(#9a1b1b, #ffb4ab);
    display: block;
    font: var(--consumer-auth-font, 400 1rem/1.5 system-ui, sans-serif);
  }
  .live {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :host([hidden]),
  [hidden] {
    display: none;
  }
  section {
    position: fixed;
    z-index: var(--consumer-auth-z-index, 2147483000);
    inset-block-end: max(1rem, env(safe-area-inset-bottom));
    inset-inline-end: max(1rem, env(safe-area-inset-right));
    inline-size: min(23rem, 100vw - 2rem);
    max-block-size: calc(100dvh - 2rem);
    overflow: auto;
    box-sizing: border-box;
    padding: 1.25rem;
    border: 1px solid var(--_border);
    border-radius: var(--consumer-auth-radius, 0.875rem);
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 1.25rem 3rem rgb(0 0 0 / 0.25);
    text-align: start;
  }
  :host([placement="inline"]) section {
    position: static;
    inline-size: auto;
    box-shadow: none;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  header {
    display: flex;
    gap: 0.5rem;
    align-items: start;
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: 1.125rem;
    font-weight: 650;
    line-height: 1.4;
  }
  p {
    margin-block: 0.5rem 0;
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  [role="alert"] {
    color: var(--_problem);
  }
  [role]:empty {
    margin: 0;
  }
  footer,
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.625rem;
    margin-block-start: 1.125rem;
  }
  a,
  button,
  input {
    flex: 1 1 auto;
    box-sizing: border-box;
    min-block-size: 2.75rem;
    padding: 0.5rem 1rem;
    border: 1px solid var(--_border);
    border-radius: calc(var(--consumer-auth-radius, 0.875rem) * 0.7);
    background: none;
    color: inherit;
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  .primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  button.close {
    flex: none;
    min-block-size: 0;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    margin: -0.625rem;
    padding: 0;
    border: 0;
    color: var(--_muted);
  }
  .close svg {
    inline-size: 1rem;
    block-size: 1rem;
    vertical-align: middle;
    stroke: currentcolor;
    stroke-width: 2;
    stroke-linecap: round;
  }
  a {
    text-align: center;
    text-decoration: none;
  }
  input {
    inline-size: 100%;
    margin-block-start: 0.5rem;
  }
  a:hover,
  button:hover {
    filter: brightness(1.08);
    background-color: color-mix(in srgb, currentcolor 8%, transparent);
  }
  .primary:hover {
    background: var(--_accent);
  }
  @media (forced-colors: active) {
    a,
    button,
    section {
      border: 1px solid;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    section {
      animation: appear 0.18s ease-out;
    }
    @keyframes appear {
      from {
        opacity: 0;
        translate: 0 0.75rem;
      }
    }
  }
`;
