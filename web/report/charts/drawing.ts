import type { Formatter } from '../format';
import type { Figure, Series } from '../model';
import type { Theme } from '../theme';

/** Everything a chart is made from; the same drawing gives the same chart. */
export interface Drawing {
  figure: Figure;
  /** The series that are not switched off in the legend. */
  visible: Series[];
  formatter: Formatter;
  theme: Theme;
  font: string;
  width: number;
}

/** Below this a chart is drawn for a phone: smaller letters, fewer labels. */
export const narrowWidth = 520;

export function fontSize(drawing: Drawing): number {
  return drawing.width < narrowWidth ? 11 : 12;
}

const ruler = document.createElement('canvas').getContext('2d');

/** Width of a text in CSS pixels. */
export function textWidth(text: string, size: number, font: string): number {
  if (!ruler) return text.length * size;
  ruler.font = `${size}px ${font}`;
  return Math.ceil(ruler.measureText(text).width);
}
