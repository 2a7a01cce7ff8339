/** A dialog over the page. The browser keeps the keyboard focus in it, and restores the focus when it closes. */

import { buttons } from '../strings/strings.js';
import { button, element } from './dom.js';

/**
 * Opens a dialog. Its element is removed when it closes.
 * @param {string} className
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {() => void} onDismiss the visitor wants to close it; the caller closes it
 * @returns {HTMLDialogElement}
 */
export function openDialog(className, title, content, onDismiss) {
  const dialog = element('dialog', `dialog ${className}`);
  const heading = element('h2', '', title);
  heading.id = 'dialog-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  const head = element('div', 'dialog-head');
  head.append(heading, button('dismiss', '×', onDismiss, buttons.close));
  dialog.append(head, ...content);
  // A click beside the dialog has the dialog itself as its target.
  dialog.addEventListener('click', (event) => event.target === dialog && onDismiss());
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    onDismiss();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
