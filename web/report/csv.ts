/**
 * The table of a figure as CSV (RFC 4180), with the byte order mark that spreadsheets need to see
 * UTF-8. A text that a spreadsheet would run as a formula gets an apostrophe in front.
 */
export function tableCsv(table: HTMLTableElement): string {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => {
    if (cell.classList.contains('missing')) return '';
    const text = (cell.textContent ?? '').trim();
    if (cell.classList.contains('number') && cell.tagName === 'TD') {
      return quote(text.replaceAll(',', '').replace('\u2212', '-'));
    }
    return quote(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  }).join(','));
  return `\ufeff${rows.join('\r\n')}\r\n`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A button under the table that saves it as a file. */
export function addDownload(details: HTMLElement, label: string, name: string): void {
  const table = details.querySelector('table');
  if (!table) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'download';
  button.textContent = label;
  button.addEventListener('click', () => {
    const url = URL.createObjectURL(new Blob([tableCsv(table)], { type: 'text/csv;charset=utf-8' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  });
  details.append(button);
}
