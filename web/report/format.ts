import type { Figure, Model, Value } from './model';

/** Numbers and dates as the page's language writes them; the static HTML does the same in C++. */
export class Formatter {
  private readonly locale: string;

  constructor(private readonly model: Model) {
    this.locale = model.language === 'ja' ? 'ja-JP' : 'en-GB';
  }

  label(key: string): string {
    return this.model.labels[key] ?? key;
  }

  number(value: Value | undefined, decimals = 0): string {
    if (value === null || value === undefined) return this.label('missing');
    const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return new Intl.NumberFormat('en-US', options).format(value).replace('-', '\u2212');
  }

  percent(fraction: Value | undefined): string {
    if (fraction === null || fraction === undefined) return this.label('missing');
    // 0.1425 * 100 is a little less than 14.25: round what it stands for, as the tables do.
    return `${this.number(Number((fraction * 100).toPrecision(12)), 1)}%`;
  }

  /** Short for an axis: 12,000, but 1.2M or 120万 from a million on. */
  axisNumber(value: number): string {
    if (Math.abs(value) < 1e6) {
      return new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }).format(value);
    }
    const options = { notation: 'compact', maximumFractionDigits: 1 } as const;
    // British English would write 1.2m.
    const locale = this.model.language === 'ja' ? 'ja-JP' : 'en-US';
    return new Intl.NumberFormat(locale, options).format(value);
  }

  /** A day with its weekday, or a month, in full. */
  date(iso: string): string {
    const date = parse(iso);
    if (!date) return iso;
    const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', year: 'numeric', month: 'long' };
    if (iso.length === 10) Object.assign(options, { day: 'numeric', weekday: 'short' });
    return new Intl.DateTimeFormat(this.locale, options).format(date);
  }

  /** A day or month as short as an axis needs it; the year only where it begins. */
  axisDate(iso: string, first: boolean): string {
    const date = parse(iso);
    if (!date) return iso;
    const month = date.getUTCMonth() + 1;
    const day = date.getUTCDate();
    const japanese = this.model.language === 'ja';
    const name = new Intl.DateTimeFormat(this.locale, { timeZone: 'UTC', month: 'short' }).format(date);
    if (iso.length === 10) {
      if (!first && day !== 1) return String(day);
      return japanese ? `${month}/${day}` : `${day} ${name}`;
    }
    if (!first && month !== 1) return name;
    return japanese ? `${name}\n${date.getUTCFullYear()}年` : `${name}\n${date.getUTCFullYear()}`;
  }
}

function parse(iso: string): Date | null {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(iso);
  if (!match) return null;
  return new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3] ?? 1)));
}

/** Whole numbers stay whole; one value with a fraction gives the whole figure one decimal. */
export function figureDecimals(figure: Figure): number {
  const fractional = (value: Value) => value !== null && !Number.isInteger(value);
  return figure.series.some((one) => one.values.some(fractional)) ? 1 : 0;
}
