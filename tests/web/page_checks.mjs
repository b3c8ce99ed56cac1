// Checks that run inside the page: each returns its problems as sentences. They are sent to the
// browser as text, so none may use anything outside itself.

/** Language, title, headings, names of everything that needs one; and nothing hostile ran. */
export function basicProblems() {
  const problems = [];
  const expect = (good, words) => { if (!good) problems.push(words); };
  expect(/^(ja|en)$/.test(document.documentElement.lang), 'no language');
  expect(document.title.trim() !== '', 'no title');
  expect(document.querySelectorAll('h1').length === 1, 'not exactly one h1');
  expect(document.querySelector('main'), 'no main');
  expect(!('pwned' in window), 'text from the model ran as a script');
  expect(document.scripts.length === 2, `${document.scripts.length} scripts, not 2`);
  const named = (one) => one.getAttribute('aria-label')?.trim()
    || document.getElementById(one.getAttribute('aria-labelledby'))?.textContent.trim() || one.textContent.trim();
  for (const one of document.querySelectorAll('figure, [role], nav, button, a')) {
    expect(named(one), `<${one.localName} class="${one.className}"> has no name`);
  }
  for (const one of document.querySelectorAll('img')) expect(one.alt !== '', 'an image without alt');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  expect(new Set(ids).size === ids.length, 'an id stands twice');
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    expect(document.getElementById(link.hash.slice(1)), `${link.hash} leads nowhere`);
  }
  for (const table of document.querySelectorAll('table')) {
    expect(table.querySelector('thead th[scope=col]'), 'a table without column headings');
  }
  return problems;
}

/** Every figure has its chart, with marks in it, and its table. */
export function figureProblems() {
  const problems = [];
  for (const host of document.querySelectorAll('.chart[data-figure]')) {
    const name = `figure ${host.dataset.figure.slice(0, 20)}`;
    const svg = host.querySelector('svg');
    if (!svg) { problems.push(`${name} is not drawn`); continue; }
    const box = svg.getBoundingClientRect();
    if (box.width < 200 || box.height < 40) problems.push(`${name} is ${box.width} × ${box.height}`);
    const size = (path) => { const { width, height } = path.getBBox(); return width > 0 || height > 0; };
    const marks = [...svg.querySelectorAll('path, line, polyline, circle')].filter(size).length;
    if (marks === 0) problems.push(`${name} has no marks`);
    if (/NaN|undefined|Infinity/.test(svg.outerHTML)) problems.push(`${name} holds NaN or undefined`);
    if (!host.closest('figure').querySelector('details table tbody')) problems.push(`${name} has no table`);
  }
  return problems;
}

/** Each paragraph of findings opens its evidence: a rule, numbers and a command a finding. */
export function evidenceProblems() {
  const problems = [];
  for (const one of document.querySelectorAll('details.evidence')) {
    const commands = one.querySelectorAll('pre.query code').length;
    if (commands === 0 || commands !== one.querySelectorAll('h4').length) problems.push('evidence without its command');
    if (one.querySelectorAll('dl > div').length < commands) problems.push('evidence without numbers');
    if (one.previousElementSibling?.localName !== 'p') problems.push('evidence without a sentence before it');
  }
  for (const link of document.querySelectorAll('.references a')) {
    if (!/^https?:\/\//.test(link.getAttribute('href'))) problems.push(`a reference leads to ${link.getAttribute('href').slice(0, 40)}`);
  }
  return problems;
}

/** The page never scrolls sideways; only a wide table does, inside its box. */
export function overflowProblems() {
  const problems = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) problems.push(`the page is ${document.documentElement.scrollWidth} px wide, the window ${width}`);
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('.table-scroll *, .skip, svg *, .hidden, script, .legend span')) continue;
    const box = one.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 1 || box.left < -1)) problems.push(`<${one.localName} class="${one.className.baseVal ?? one.className}"> reaches from ${box.left} to ${box.right}`);
  }
  return problems.slice(0, 5);
}

/** Text stands out from its background by 4.5:1 (WCAG 2.2 §1.4.3). */
export function contrastProblems() {
  const rgb = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = color.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color.length === 3) return color;
    }
    return [255, 255, 255];
  };
  const problems = new Set();
  for (const one of document.querySelectorAll('body *')) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!text || one.closest('script, .hidden, .skip, style')) continue;
    const style = getComputedStyle(one);
    const color = rgb(one.closest('svg') ? style.fill : style.color);
    const [high, low] = [luminance(color), luminance(background(one))].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) problems.add(`contrast ${ratio.toFixed(2)} of <${one.localName}> ${one.textContent.slice(0, 30)}`);
  }
  return [...problems].slice(0, 5);
}

/** Words in a chart neither touch each other nor leave the chart. */
export function axisTextProblems() {
  const problems = [];
  for (const svg of document.querySelectorAll('.chart svg')) {
    const figure = svg.closest('.chart').dataset.figure.slice(0, 20);
    const frame = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll('text')].map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }))
      .filter(({ text, box }) => text.trim() !== '' && box.width > 0);
    for (const { text, box } of words) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) {
        problems.push(`figure ${figure}: "${text.slice(0, 30)}" leaves the chart`);
      }
    }
    words.forEach((a, i) => words.slice(i + 1).forEach((b) => {
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across > 1 && down > 3) problems.push(`figure ${figure}: "${a.text.slice(0, 20)}" covers "${b.text.slice(0, 20)}"`);
    }));
  }
  return problems.slice(0, 8);
}
