/** Marks, in the contents, the section that is being read. */
export function markCurrentSection(): void {
  const links = new Map<string, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.contents a[href^="#"]')) {
    links.set(link.hash.slice(1), link);
  }
  const sections = [...document.querySelectorAll<HTMLElement>('main > section[id]')];
  const mark = () => {
    const line = innerHeight * 0.25;
    const current = sections.filter((section) => section.getBoundingClientRect().top <= line).at(-1);
    for (const [id, link] of links) {
      if (id === current?.id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  // Crossing a section's edge is the only moment at which the mark can move.
  const observer = new IntersectionObserver(mark, { rootMargin: '0px 0px -75% 0px', threshold: 0 });
  sections.forEach((section) => observer.observe(section));
}
