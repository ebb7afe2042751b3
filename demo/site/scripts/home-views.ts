const VIEWS = ["home", "loans", "savings"] as const;

const PARAMETER = "view";

/** Lets the page change its view, and its address, without being loaded again. */
export function startHomeViews(button: HTMLElement, name: HTMLElement): void {
  const show = (): void => {
    name.textContent = viewOf(new URL(location.href));
  };
  button.addEventListener("click", () => {
    const address = new URL(location.href);
    const next = VIEWS[(VIEWS.indexOf(viewOf(address)) + 1) % VIEWS.length] ?? VIEWS[0];
    address.searchParams.set(PARAMETER, next);
    history.pushState(null, "", address);
    show();
  });
  addEventListener("popstate", show);
  show();
}

function viewOf({ searchParams }: URL): (typeof VIEWS)[number] {
  return VIEWS.find((view) => view === searchParams.get(PARAMETER)) ?? VIEWS[0];
}
