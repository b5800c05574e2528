"use strict";
// What the page holds: read once, asked by name. Nothing here draws anything.
const atlas = (() => {
  const data = JSON.parse(document.getElementById("atlas-data").textContent);
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const NOT = 4;

  // -- reading what was packed ----------------------------------------------------------------

  const VALUE = new Map([...DIGITS].map((digit, value) => [digit, value]));
  const numbers = (text) => {
    const found = [];
    let value = 0;
    let shift = 0;
    for (const letter of text) {
      const digit = VALUE.get(letter);
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit < 32) {
        found.push(value);
        value = shift = 0;
      }
    }
    return found;
  };
  const width = data.kinds.length;
  const levels = [];
  for (let at = 0; at < data.levels.length; at += width) levels.push([...data.levels.slice(at, at + width)].map(Number));
  const chains = numbers(data.chains);
  const services = [];
  for (let flat = numbers(data.services), at = 0; at < flat.length; ) {
    const found = [];
    for (let left = flat[at++]; left > 0; left -= 1, at += 2) found.push([flat[at], levels[flat[at + 1]]]);
    services.push(found);
  }
  const sets = (text) => {
    const found = [];
    for (let flat = numbers(text), at = 0; at < flat.length; ) found.push(flat.slice(at + 1, (at += flat[at] + 1)));
    return found;
  };
  const lines = sets(data.lines);
  const rootAreas = sets(data.root_areas);
  const known = sets(data.known);
  const bodies = data.bodies.map(([root, usual, standing, council, people, above, recorded], number) => ({
    number, usual, standing, council, people, above, recorded, known: known[number], id: data.roots[root][0], name: data.roots[root][1], root,
  }));
  const byId = new Map(data.roots.map(([id], number) => [id, number]));
  const bodyOf = new Map(bodies.map((body) => [body.root, body.number]));

  const sentence = (body, chain) => {
    let text = body.name;
    for (let at = chain + 1; at; at = chains[2 * at - 1]) text += data.phrases[chains[2 * at - 2]];
    return text + ".";
  };
  const kept = new Map();
  const answer = (question, root) => {
    const key = question + " " + root;
    if (!kept.has(key)) {
      const found = new Map();
      const flat = numbers(data.questions[question].roots[root]);
      for (let at = 0, body = 0; at < flat.length; at += 7) {
        body += flat[at];
        const [route, past] = data.routes[flat[at + 3]];
        const [seen, ended] = data.dates_seen[flat[at + 6]];
        found.set(body, {
          levels: levels[flat[at + 1]], services: services[flat[at + 2]], route, past: past === 1, chain: flat[at + 4],
          lines: lines[flat[at + 5]], seen, ended,
          itself: bodies[body].root === root,
        });
      }
      kept.set(key, found);
    }
    return kept.get(key);
  };
  // how surely, by the kinds that count for a question; by altered software alone: NOT
  const best = (question, touch) => Math.min(...data.questions[question].counting.map((kind) => touch.levels[kind]));
  const surer = (first, second) => first.map((level, kind) => Math.min(level, second[kind]));

  // what several roots reach: the union, with the surest of each kind and of each service
  const together = (question, roots) => {
    const found = new Map();
    for (const root of roots) {
      for (const [body, touch] of answer(question, root)) {
        const before = found.get(body);
        if (before === undefined) {
          found.set(body, { ...touch, by: [[root, touch]] });
          continue;
        }
        const merged = new Map(before.services);
        for (const [area, how] of touch.services) merged.set(area, merged.has(area) ? surer(merged.get(area), how) : how);
        const [one, two] = [best(question, before), best(question, touch)];
        const lead = two < one || (before.past && !touch.past && two < NOT) ? touch : before;
        // by altered software alone nobody is a customer of the other
        const past = one === NOT ? touch.past : two === NOT ? before.past : before.past && touch.past;
        found.set(body, {
          ...lead, levels: surer(before.levels, touch.levels), services: [...merged], lines: [...new Set([...before.lines, ...touch.lines])],
          past, itself: before.itself || touch.itself, by: [...before.by, [root, touch]],
        });
      }
    }
    return found;
  };

  // who is not reached in a band, but shares a place or a link with what an attacker could be in: for each band
  const rings = (question, roots) => {
    const found = [new Set(), new Set(), new Set()];
    const reached = together(question, roots);
    for (const root of roots) {
      const flat = numbers(data.questions[question].ring[root] || "");
      for (let at = 0, body = 0; at < flat.length; at += 2) {
        body += flat[at];
        found.forEach((ring, band) => {
          const sure = reached.has(body) ? Math.min(...reached.get(body).levels) : NOT;
          if ((flat[at + 1] >> band) & 1 && sure > band && !roots.includes(bodies[body].root)) ring.add(body);
        });
      }
    }
    return found;
  };

  // -- names ----------------------------------------------------------------------------------

  const normalise = (text) => text.normalize("NFKC").toLowerCase().replace(/&/g, " and ").replace(/['\u2018\u2019.]/g, "")
    .replace(/[^\p{L}\p{N}_\s]+/gu, " ").replace(/\s+/g, " ").trim().replace(/^the /, "");
  const keys = data.roots.map(([id, name, , also]) => [normalise(name), id.replace(/^[^:]*:/, "").replace(/[-/]/g, " "), ...also]);
  const reach = data.questions.length ? data.questions[0].roots.map((text) => text.length) : [];
  const search = (typed, most) => {
    const wanted = normalise(typed);
    if (!wanted) return [];
    if (byId.has(typed.trim())) return [byId.get(typed.trim())];
    const words = wanted.split(" ");
    const found = [];
    keys.forEach((names, root) => {
      let rank = 9;
      for (const name of names) {
        if (name === wanted) rank = Math.min(rank, 0);
        else if (name.startsWith(wanted)) rank = Math.min(rank, 1);
        else if ((" " + name).includes(" " + wanted)) rank = Math.min(rank, 2);
        else if (words.every((word) => (" " + name).includes(" " + word))) rank = Math.min(rank, 3);
        else if (wanted.length > 2 && name.includes(wanted)) rank = Math.min(rank, 4);
      }
      // whole bodies before single lines, then what reaches most
      if (rank < 9) found.push([rank, data.roots[root][0].includes("/") ? 1 : 0, -reach[root], root]);
    });
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]);
    return found.slice(0, most).map((hit) => hit[3]);
  };
  return { data, NOT, bodies, bodyOf, byId, keys, answer, together, rings, rootAreas, best, sentence, normalise, search };
})();
