// A button under each command that puts it on the clipboard.

export function addCopyButtons(page: Document, label: string, done: string): void {
  for (const command of page.querySelectorAll<HTMLElement>('.query')) {
    const button = page.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = label;
    button.addEventListener('click', () => {
      void copy(page, command).then((copied) => {
        if (!copied) return;
        button.textContent = done;
        setTimeout(() => { button.textContent = label; }, 1500);
      });
    });
    command.after(button);
  }
}

/** A page opened from a file has no clipboard in some browsers: the text is selected instead. */
async function copy(page: Document, command: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(command.textContent ?? '');
    return true;
  } catch {
    page.getSelection()?.selectAllChildren(command);
    return false;
  }
}
