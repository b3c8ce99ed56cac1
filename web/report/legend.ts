import type { Formatter } from './format';
import type { Figure } from './model';
import { missingPositions } from './model';
import type { Theme } from './theme';
import { seriesColor } from './theme';

/**
 * The legend as buttons beside the chart, not drawn in it: it wraps at any width, works with the
 * keyboard, and prints.
 */
export class Legend {
  private readonly swatches = new Map<string, HTMLElement>();
  private readonly hidden = new Set<string>();

  constructor(private readonly figure: Figure, formatter: Formatter, onChange: () => void, before: HTMLElement) {
    const box = document.createElement('div');
    box.className = 'legend';
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', formatter.label('legend'));
    if (figure.series.length > 1) {
      for (const one of figure.series) box.append(this.button(one.key, one.label, onChange));
    }
    if (missingPositions(figure).length > 0) {
      const entry = document.createElement('span');
      entry.className = 'legend-missing';
      const swatch = document.createElement('i');
      entry.append(swatch, formatter.label('missing'));
      box.append(entry);
    }
    if (box.childElementCount > 0) before.before(box);
  }

  isVisible(key: string): boolean {
    return !this.hidden.has(key);
  }

  paint(theme: Theme): void {
    for (const one of this.figure.series) {
      const swatch = this.swatches.get(one.key);
      if (swatch) swatch.style.background = seriesColor(one.color, theme);
    }
  }

  private button(key: string, label: string, onChange: () => void): HTMLElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = label;
    button.setAttribute('aria-pressed', 'true');
    const swatch = document.createElement('i');
    this.swatches.set(key, swatch);
    const name = document.createElement('span');
    name.textContent = label;
    button.append(swatch, name);
    button.addEventListener('click', () => {
      if (!this.hidden.delete(key)) this.hidden.add(key);
      button.setAttribute('aria-pressed', String(this.isVisible(key)));
      onChange();
    });
    return button;
  }
}
