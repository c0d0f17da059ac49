/**
 * Finds errors of the layout of a page. It runs in the page (see `layout.ts`), so it uses nothing but the DOM, and returns
 * sentences, each with the kind of the error at its start. Kinds:
 *
 * - `document`: the document is larger than the window, or a part of a page scrolls sideways
 * - `emptiness`: a part scrolls far beyond the last thing in it
 * - `outside`: a text or a control is outside the window, and nothing scrolls to it
 * - `overlap`: two texts or controls are drawn over one another
 * - `cut`: a text is cut, and no ellipsis shows that
 * - `spill`: the text of a control is larger than the control
 * - `direction`: text of another direction is not isolated from the text around it
 *
 * An element with `data-scrolls="x"` may scroll sideways.
 */
(() => {
  /** Distances that are not visible, px. Glyphs of neighbouring lines overlap a little more. */
  const SLACK = 2;
  /** The padding below the last thing of a part that scrolls is at most this, px. */
  const LARGEST_END = 80;
  const FOREIGN_DIRECTION = /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]/;
  const CONTROLS = 'button, input, select, textarea, summary, .button';

  const styleOf = (element) => getComputedStyle(element);
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  const isClamped = (style) => style.webkitLineClamp !== 'none';

  function nameOf(element) {
    const classes = [...element.classList].slice(0, 2).map((name) => `.${name}`);
    return `${element.localName}${classes.join('')}`;
  }
  const quote = (text) => `“${text.trim().slice(0, 40)}”`;

  /** Whether the element and what is in it are for screen readers only, or not shown. */
  function isHidden(element) {
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return true;
    for (let each = element; each; each = each.parentElement) {
      const { clipPath, position, transform } = styleOf(each);
      if (clipPath !== 'none' || (each.classList.contains('skip-link') && position && transform !== 'none'))
        return true;
    }
    return false;
  }

  const rectOf = ({ left, top, right, bottom }) => ({ left, top, right, bottom });
  const isEmpty = ({ left, top, right, bottom }) => right - left < 1 || bottom - top < 1;
  const intersection = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });

  /** The box that clips what is in an element: inside of its borders. */
  function innerBox(element) {
    const { left, top } = element.getBoundingClientRect();
    return {
      left: left + element.clientLeft,
      top: top + element.clientTop,
      right: left + element.clientLeft + element.clientWidth,
      bottom: top + element.clientTop + element.clientHeight,
    };
  }

  const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  const views = new Map();

  /** The box of the part that scrolls an element: what is outside of it can be scrolled to. */
  function viewOf(element) {
    if (element === null || element === document.documentElement) return EVERYWHERE;
    if (!views.has(element)) {
      const { overflowX, overflowY } = styleOf(element);
      const isScroller = scrolls(overflowX) || scrolls(overflowY);
      views.set(element, isScroller ? innerBox(element) : viewOf(element.parentElement));
    }
    return views.get(element);
  }

  /** The element that draws over what is below it: only boxes of the same layer can overlap by error. */
  function layerOf(element) {
    for (let each = element; each; each = each.parentElement) {
      const { position, zIndex } = styleOf(each);
      if (each.localName === 'dialog' || each.hasAttribute('popover')) return each;
      if (position === 'fixed' || position === 'sticky') return each;
      if (position === 'absolute' && zIndex !== 'auto') return each;
    }
    return document.body;
  }

  /** Whether elements outside of an open modal dialog are inert. */
  const modal = document.querySelector('dialog:modal');
  const isCovered = (element) => modal !== null && !modal.contains(element);

  /**
   * Follows a box through everything that clips it. Returns what is left of it, or undefined, and reports what is cut without an
   * ellipsis.
   */
  function visiblePart(box, element, what, problems) {
    let rect = box;
    let isScrollable = { x: false, y: false };
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
      const style = styleOf(each);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') {
        if (style.position === 'fixed') break;
        continue;
      }
      const box = innerBox(each);
      if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
        isScrollable = {
          x: isScrollable.x || scrolls(style.overflowX),
          y: isScrollable.y || scrolls(style.overflowY),
        };
        rect = intersection(rect, box);
        if (isEmpty(rect)) return undefined;
        continue;
      }
      const isMarked = style.textOverflow === 'ellipsis' || isClamped(style);
      // Half a line is the descent of a glyph, a line height of 1 cuts it.
      const cutX = Math.max(box.left - rect.left, rect.right - box.right);
      const cutY = Math.max(box.top - rect.top, rect.bottom - box.bottom);
      const isCutX = cutX > SLACK && !isMarked;
      const isCutY = cutY > 4 && !isClamped(style);
      if (isCutX || isCutY) problems.add(`cut: ${what} by ${nameOf(each)}`);
      rect = intersection(rect, box);
      if (isEmpty(rect)) return undefined;
    }
    const outX = Math.max(-rect.left, rect.right - innerWidth);
    const outY = Math.max(-rect.top, rect.bottom - innerHeight);
    if ((outX > SLACK && !isScrollable.x) || (outY > 4 && !isScrollable.y))
      problems.add(`outside: ${what} in ${nameOf(element)}`);
    return { rect, isScrollable };
  }

  /** All texts that are drawn, a box for each line. */
  function textsIn(root, problems) {
    const boxes = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === '' || element.closest('option, script, style, noscript, svg, canvas'))
        continue;
      range.selectNodeContents(node);
      const view = viewOf(element);
      const rects = [...range.getClientRects()].filter(
        (rect) => rect.width > 0.5 && rect.height > 0.5 && !isEmpty(intersection(rect, view)),
      );
      if (rects.length === 0 || isHidden(element) || isCovered(element)) continue;
      const what = `text ${quote(node.data)}`;
      if (FOREIGN_DIRECTION.test(node.data.replaceAll(/\u2068[^\u2066-\u2069\u202a-\u202e]*\u2069/g, '')))
        if (!element.closest('[dir="auto"], bdi, textarea, input'))
          problems.add(`direction: ${what} in ${nameOf(element)}`);
      const control = element.closest(CONTROLS);
      for (const rect of rects) {
        const part = visiblePart(rectOf(rect), element, what, problems);
        if (!part) continue;
        const { bottom, top, left, right } = part.rect;
        if (bottom < 0 || top > innerHeight) continue;
        if (!control) boxes.push({ rect: part.rect, element, what, layer: layerOf(element) });
        else if (control.matches('button, .button')) {
          const box = control.getBoundingClientRect();
          if (Math.max(box.left - left, right - box.right, box.top - top, bottom - box.bottom) > SLACK)
            problems.add(`spill: ${what} of ${nameOf(control)}`);
        }
      }
    }
    return boxes;
  }

  function controlsIn(root, problems) {
    return [...root.querySelectorAll(CONTROLS)].flatMap((element) => {
      if (element.closest('canvas, svg') || isHidden(element) || isCovered(element)) return [];
      if (element.parentElement.closest('button, .button')) return [];
      const rect = rectOf(element.getBoundingClientRect());
      if (isEmpty(rect)) return [];
      const what = `${nameOf(element)} ${quote(element.getAttribute('aria-label') ?? element.textContent)}`;
      if (element.localName === 'select' && styleOf(element).textOverflow !== 'ellipsis')
        problems.add(`cut: ${what} has no ellipsis`);
      const part = visiblePart(rect, element, what, problems);
      return part ? [{ rect: part.rect, element, what, layer: layerOf(element) }] : [];
    });
  }

  function findOverlaps(boxes, problems) {
    const sorted = boxes.toSorted((a, b) => a.rect.top - b.rect.top);
    for (const [i, a] of sorted.entries()) {
      for (const b of sorted.slice(i + 1)) {
        if (b.rect.top >= a.rect.bottom) break;
        if (a.layer !== b.layer || a.element === b.element) continue;
        if (a.element.contains(b.element) && a.element.matches(CONTROLS)) continue;
        if (b.element.contains(a.element) && b.element.matches(CONTROLS)) continue;
        const { left, top, right, bottom } = intersection(a.rect, b.rect);
        const lowest = Math.min(a.rect.bottom - a.rect.top, b.rect.bottom - b.rect.top);
        if (right - left > SLACK && bottom - top > Math.max(SLACK, lowest * 0.3))
          problems.add(`overlap: ${a.what} in ${nameOf(a.element)} and ${b.what} in ${nameOf(b.element)}`);
      }
    }
  }

  function checkDocument(problems) {
    const { scrollWidth, scrollHeight } = document.documentElement;
    if (scrollWidth > innerWidth || scrollHeight > innerHeight)
      problems.add(
        `document: ${scrollWidth} × ${scrollHeight} px in a window of ${innerWidth} × ${innerHeight}`,
      );
  }

  /** The innermost element that is narrower than what is in it. */
  function widestIn(element) {
    const [widest = element] = [...element.querySelectorAll('*')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && styleOf(each).overflowX === 'visible')
      .toReversed();
    return nameOf(widest);
  }

  /** Parts that scroll: not sideways, and not far beyond what is in them. */
  function checkScrollers(problems) {
    for (const element of document.querySelectorAll('*')) {
      if (element.localName === 'textarea' || element.localName === 'select') continue;
      const { overflowX, overflowY } = styleOf(element);
      if (!scrolls(overflowX) && !scrolls(overflowY)) continue;
      if (element.scrollWidth > element.clientWidth + 1 && element.dataset.scrolls !== 'x')
        problems.add(
          `document: ${nameOf(element)} scrolls sideways, ${element.scrollWidth} px in ${element.clientWidth}, by ${widestIn(element)}`,
        );
      if (element.scrollHeight <= element.clientHeight + 1) continue;
      const { top } = innerBox(element);
      let end = 0;
      // From the last one: it is most likely the lowest.
      for (const each of [...element.querySelectorAll('*')].toReversed()) {
        const { bottom } = each.getBoundingClientRect();
        if (bottom > end && !isHidden(each)) end = bottom;
      }
      const beyond = element.scrollHeight - (end - top + element.scrollTop);
      if (beyond > LARGEST_END)
        problems.add(`emptiness: ${nameOf(element)} scrolls ${Math.round(beyond)} px beyond its end`);
    }
  }

  window.findLayoutProblems = () => {
    const problems = new Set();
    views.clear();
    checkDocument(problems);
    checkScrollers(problems);
    const boxes = [...textsIn(document.body, problems), ...controlsIn(document.body, problems)];
    findOverlaps(
      boxes.filter(({ rect }) => rect.bottom > 0 && rect.top < innerHeight),
      problems,
    );
    return [...problems];
  };
})();
