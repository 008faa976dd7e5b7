/** Events as the web's own objects dispatch them, without a document. */

/** Dispatches to listeners and to `on…`; bubbling is done by hand where IndexedDB bubbles. */
export class Target {
  #listeners = new Map();

  addEventListener(type, listener) {
    const list = this.#listeners.get(type) ?? [];
    this.#listeners.set(type, [...list, listener]);
  }

  removeEventListener(type, listener) {
    const list = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      list.filter((one) => one !== listener),
    );
  }

  dispatchEvent(event) {
    event.target ??= this;
    for (const listener of this.#listeners.get(event.type) ?? [])
      typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event);
    this[`on${event.type}`]?.call(this, event);
    return !event.defaultPrevented;
  }
}

export function eventOf(type, more = {}) {
  return {
    type,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
    stopPropagation() {},
    ...more,
  };
}
