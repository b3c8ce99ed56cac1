// The parts of report.json that the figures are drawn from (docs/report.schema.json has all of it).

export type ChartKind = 'grouped_bars' | 'stacked_bars' | 'stacked_area' | 'lines' | 'shares';

/** null is a value that nobody observed; it is never drawn or added as zero. */
export type Value = number | null;

export interface Series {
  key: string;
  label: string;
  color: string;
  values: Value[];
  low?: Value[];
  high?: Value[];
  /** Part of the whole, 0–1; only in "shares". */
  share?: Value;
}

export interface Figure {
  id: string;
  title: string;
  unit: string;
  chart: ChartKind;
  x: { kind: 'day' | 'month' | 'none'; values: string[] };
  series: Series[];
}

export interface Model {
  language: 'ja' | 'en';
  month: string;
  labels: Record<string, string>;
  figures: Figure[];
}

/** The model that lies in the page, or null where there is none. */
export function readModel(page: Document): Model | null {
  const text = page.getElementById('report-model')?.textContent;
  if (!text) return null;
  const model = JSON.parse(text) as Partial<Model>;
  return {
    language: model.language === 'ja' ? 'ja' : 'en',
    month: model.month ?? '',
    labels: model.labels ?? {},
    figures: model.figures ?? [],
  };
}

/** Positions on the x axis at which at least one of the series has no value. */
export function missingPositions(figure: Figure): number[] {
  const positions = figure.x.values.map((_, position) => position);
  return positions.filter((position) =>
    figure.series.length === 0 || figure.series.some((one) => valueAt(one, position) === null));
}

export function valueAt(series: Series, position: number): Value {
  return series.values[position] ?? null;
}

/** Sum of what was observed at a position, null where nothing was. */
export function totalAt(series: Series[], position: number): Value {
  const known = series.map((one) => valueAt(one, position)).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
