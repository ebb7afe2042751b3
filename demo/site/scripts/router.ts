export interface Router {
  path(): string;
}

/** Links with `data-route` change the view, not the page. */
export function startRouter(onChange: (path: string) => void): Router {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-route]")];
  const arrive = () => {
    for (const link of links) {
      if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const go = () => {
    arrive();
    onChange(location.pathname);
  };

  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (link.pathname === location.pathname) return;
      history.pushState(null, "", link.href);
      go();
    });
  }
  addEventListener("popstate", go);
  arrive();
  return { path: () => location.pathname };
}
