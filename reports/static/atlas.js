"use strict";
// What the page shows.
(() => {
  const { data, NOT, bodies, bodyOf, byId, keys, answer, together, rings, rootAreas, best, sentence, normalise, search } = atlas;
  const el = (id) => document.getElementById(id);
  const LISTED = 100; // things that could reach a body
  const NAMED = 12; // bodies named for each way; the table names all
  const MOST = 20; // names offered
  const HEADLINE = 4; // names in the first line
  const TIERS = data.tiers.map(([tier]) => tier);

  // -- words ----------------------------------------------------------------------------------

  const count = (number) => number.toLocaleString("en-GB");
  const plural = (number, one, many) => count(number) + " " + (number === 1 ? one : many || one + "s");
  const join = (items) => (items.length < 2 ? items.join("") : items.slice(0, -1).join(", ") + " and " + items[items.length - 1]);
  const some = (items, most) => (items.length > most + 1 ? items.slice(0, most).join(", ") + " and " + count(items.length - most) + " more" : join(items));
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const bodiesWords = (list) => {
    const councils = list.filter((body) => body.council).length;
    const others = list.length - councils;
    if (!others) return plural(councils, "council");
    if (!councils) return plural(others, "public body", "public bodies");
    return plural(councils, "council") + " and " + plural(others, "other public body", "other public bodies");
  };
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const named = (tag, text) => {
    const made = make(tag);
    made.append(make("bdi", text));
    return made;
  };
  const fill = (target, ...children) => target.replaceChildren(...children);

  // -- the view: everything that the address bar keeps ------------------------------------------

  const view = { a: null, b: null, question: 0, band: 2, kind: null, who: "all", only: null };
  const parameter = (key, value) => key + "=" + encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%2C/g, ",");
  const write = () => {
    const parts = [];
    const add = (key, value) => parts.push(parameter(key, value));
    if (view.a !== null) add("a", data.roots[view.a][0]);
    if (view.b !== null) add("b", data.roots[view.b][0]);
    if (view.question) add("if", data.questions[view.question].id);
    if (view.band !== 2) add("sure", data.bands[view.band][0]);
    if (view.kind !== null) add("kind", data.kinds[view.kind][0]);
    if (view.who !== "all") add("who", view.who);
    if (view.only) add("only", [...view.only].map((body) => bodies[body].id.replace(/^authority:/, "")).join(","));
    const hash = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
    if (parts.length ? location.hash !== hash : location.hash !== "") history.pushState(null, "", hash);
  };
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const place = (list, word, otherwise) => {
      const found = list.findIndex(([id]) => id === word);
      return found < 0 ? otherwise : found;
    };
    view.a = byId.has(given.get("a")) ? byId.get(given.get("a")) : null;
    view.b = view.a !== null && byId.has(given.get("b")) && given.get("b") !== given.get("a") ? byId.get(given.get("b")) : null;
    view.question = place(data.questions.map(({ id }) => [id]), given.get("if"), 0);
    view.band = Math.min(place(data.bands, given.get("sure"), 2), 2);
    view.kind = place(data.kinds, given.get("kind"), null);
    view.who = ["both", "a", "b"].includes(given.get("who")) && view.b !== null ? given.get("who") : "all";
    const only = (given.get("only") || "").split(",").map((slug) => bodyOf.get(byId.get("authority:" + slug))).filter((body) => body !== undefined);
    view.only = only.length ? new Set(only) : null;
  };

  // -- the answer -------------------------------------------------------------------------------

  const asked = () => (view.b === null ? [view.a] : [view.a, view.b]);
  const question = () => data.questions[view.question];
  const holds = (body) => !view.only || view.only.has(body);
  // one kind may be asked about; who is altered is told apart all the same
  const narrowed = () => view.kind !== null && question().counting.includes(view.kind);
  const counting = () => (narrowed() ? [view.kind] : question().counting);
  const level = (touch) => (narrowed() ? touch.levels[view.kind] : best(view.question, touch));
  const firstBand = () => Math.min(view.band, question().first);
  // which of the two reaches it as surely as was asked; of what is less sure, which reaches it at all
  const membership = (touch) => {
    const sure = touch.by.filter(([, own]) => level(own) <= view.band);
    const by = (sure.length ? sure : touch.by).map(([root]) => root);
    return by.length > 1 ? "both" : by[0] === view.a ? "a" : "b";
  };
  // everybody in the order of triage, as riskgraph/analysis/radius.py has it
  const tierOf = (row) => {
    if (row.counts && row.band <= firstBand()) return "first";
    if (view.band < 2) return row.counts && row.band <= 2 ? "less" : null;
    if (row.counts && row.band <= 2) return "possible";
    if (!row.counts && row.band <= 2) return "altered";
    if (!narrowed() && row.touch.levels.some((sure, kind) => sure <= 2 && !counting().includes(kind))) return "altered";
    return row.touch.past ? "past" : "unrecorded";
  };
  const select = () => {
    const groups = { less: [], apart: [], itself: [], counted: [] };
    for (const tier of TIERS) groups[tier] = [];
    const reached = new Set();
    for (const [number, touch] of together(view.question, asked())) {
      const band = level(touch);
      const row = { body: bodies[number], touch, counts: band !== NOT, band: band === NOT ? Math.min(...touch.levels) : band };
      if ((view.kind !== null && touch.levels[view.kind] === NOT) || !holds(number)) continue;
      if (view.who !== "all" && membership(touch) !== view.who) continue;
      if (row.body.standing) groups.apart.push(row);
      else {
        reached.add(number);
        (asked().includes(row.body.root) ? groups.itself : groups.counted).push(row);
      }
    }
    const first = new Set(groups.counted.filter((row) => tierOf(row) === "first").map(({ body }) => body.number));
    const inService = ({ touch }) => touch.services.some(([, how]) => counting().some((kind) => how[kind] <= 2));
    const served = new Set(groups.counted.filter(inService).map(({ body }) => body.number));
    const around = view.kind === null && view.who === "all" ? rings(view.question, asked()) : [];
    const ring = around.map((those) => [...those].filter((body) => holds(body) && !first.has(body) && !served.has(body))).find((those) => those.length) || [];
    groups.precaution = ring.map((number) => ({ body: bodies[number] }));
    for (const row of groups.counted) {
      const tier = ring.includes(row.body.number) ? null : tierOf(row);
      if (tier) groups[tier].push(row);
    }
    groups.doubtful = groups.counted.filter((row) => row.counts && row.band === 3 && !ring.includes(row.body.number));
    const order = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
    for (const [tier, rows] of Object.entries(groups)) {
      if (tier === "precaution") rows.sort((x, y) => order(x.body.id, y.body.id));
      else rows.sort((x, y) => x.band - y.band || order(x.body.usual, y.body.usual) || order(x.body.id, y.body.id));
    }
    groups.past.sort((x, y) => order(x.touch.ended || "9999", y.touch.ended || "9999") || order(x.body.usual, y.body.usual));
    groups.silent = view.only ? [...view.only].filter((body) => !bodies[body].recorded && !reached.has(body)).map((body) => bodies[body]) : [];
    return groups;
  };
  // how well the map knows the service area by which most are reached
  const coverage = (found) => {
    const counts = new Map();
    const add = (area) => { if (data.areas[area][0] !== "?") counts.set(area, (counts.get(area) || 0) + 1); };
    for (const tier of TIERS) if (tier !== "precaution") for (const { touch } of found[tier]) touch.lines.forEach(add);
    for (const root of asked()) rootAreas[root].forEach(add);
    if (!counts.size) return null;
    const [[area]] = [...counts].sort(([x, many], [y, more]) => more - many || (data.areas[x][0] < data.areas[y][0] ? -1 : 1));
    const councils = bodies.filter((body) => body.council && !body.standing && holds(body.number));
    const knows = councils.filter((body) => body.known.includes(area)).length;
    return { area: data.areas[area][1], knows, councils: councils.length, thin: 3 * knows < councils.length };
  };
  // who is affected: residents where their data or services are hit, staff where only theirs are
  const affected = (found) => {
    const limit = found.first.length ? firstBand() : view.band;
    const sure = (levels) => Math.min(...counting().map((kind) => levels[kind])) <= limit;
    const staff = [];
    const living = [];
    for (const row of found.counted) {
      if (!row.counts || row.band > limit) continue;
      const hit = row.touch.services.filter(([, levels]) => sure(levels));
      (hit.length && hit.every(([area]) => data.areas[area][2]) ? staff : living).push(row.body);
    }
    const held = new Set(living.map(({ number }) => number));
    const areas = living.filter(({ people, above }) => people !== -1 && !above.some((area) => held.has(area)));
    const known = areas.filter(({ people }) => people !== null);
    const unknown = areas.length - known.length;
    const names = staff.sort((x, y) => (x.id < y.id ? -1 : 1)).map(({ usual }) => usual);
    const said = [];
    if (names.length && !areas.length) said.push("Staff of " + (names.length === 1 ? "this body" : "these " + names.length + " bodies") + "; how many is not known.");
    else if (names.length) said.push("Only staff at " + plural(names.length, "body", "bodies") + " more: " + some(names, HEADLINE) + ".");
    if (known.length) said.push("At most " + count(known.reduce((sum, { people }) => sum + people, 0)) + " people live in the " + plural(known.length, "area") +
      " (a ceiling, not people affected" + (unknown ? "; residents of " + unknown + " are not known" : "") + ").");
    return said;
  };
  // the first line, as riskgraph/render/headline.py has it
  const finding = (found, knows) => {
    const names = join(asked().map((root) => data.roots[root][1]));
    const supposed = "if " + names + " " + (view.b === null ? question().failing : question().together);
    const scope = view.only ? "of your " + plural(view.only.size, "member") : data.scope;
    const among = (rows) => {
      if (view.only) return count(rows.length) + " " + scope;
      const councils = rows.filter(({ body }) => body.council).length;
      const others = rows.length - councils;
      if (!others) return count(councils) + " " + scope;
      if (!councils) return plural(others, "public body", "public bodies");
      return count(councils) + " " + scope + " and " + plural(others, "other public body", "other public bodies");
    };
    const named = (rows) => (rows.length <= HEADLINE ? ": " + join(rows.map(({ body }) => body.usual)) : "");
    const itself = found.itself.map(({ body }) => body.usual);
    let also = itself.length ? " besides " + join(itself) : "";
    const { first, precaution, possible, altered, unrecorded, past, less, silent } = found;
    const rest = [];
    if (first.length && possible.length) rest.push(count(possible.length) + " more possibly");
    if (first.length && less.length) rest.push(count(less.length) + " more less surely");
    if (precaution.length) rest.push((precaution.length === 1 && first.length <= HEADLINE ? precaution[0].body.usual : precaution.length) + " as a precaution");
    if (silent.length) rest.push((silent.length === 1 ? silent[0].usual : silent.length) + ": nothing recorded");
    const tail = rest.map((one) => "; " + one).join("");
    if (first.length) return among(first) + also + " could be reached first " + supposed + named(first) + tail;
    const doubtful = view.band < 2 ? found.doubtful : [];
    if (less.length || doubtful.length) {
      const how = less.length ? [less, " could less surely"] : [doubtful, " cannot be ruled out"];
      return "0 " + scope + also + " could be reached " + supposed + " as surely as that: " + bodiesWords(how[0].map(({ body }) => body)) + how[1];
    }
    if (possible.length && data.gathered && knows && knows.thin) {
      return names + ": this map cannot answer; it knows " + knows.area + " at " + knows.knows + " of " + plural(knows.councils, "council") + "; " +
        count(possible.length) + " could possibly be reached " + supposed + tail;
    }
    if (possible.length) return among(possible) + also + " could possibly be reached " + supposed + ", none of them surely" + named(possible) + tail;
    if (precaution.length) return among(precaution) + " should act as a precaution " + supposed + named(precaution);
    if (altered.length) return among(altered) + also + " could be reached " + supposed + ", but only if software were altered" + named(altered) + tail;
    if (unrecorded.length) return among(unrecorded) + " depend" + (unrecorded.length === 1 ? "s" : "") + " on " + names + "; for what or how is not recorded" + named(unrecorded) + tail;
    if (past.length) {
      return among(past) + (past.length === 1 ? " is a past customer" : " are past customers") + " of " + names +
        "; whether their data was returned is not recorded" + named(past) + tail;
    }
    if (itself.length === 1) also += " itself";
    const nothing = !found.counted.some(({ counts }) => counts) && !found.apart.length;
    return "0 " + scope + also + " could be reached " + supposed + ": " + (nothing ? "no route was found in this data" : "only bodies that are not counted") + tail;
  };

  const bandCell = (band, tag) => {
    const cell = make(tag || "td", undefined, band === NOT ? "sign" : "sign b" + band);
    cell.append(make("span", band === NOT ? "not reached" : data.bands[band][1], "hidden"));
    return cell;
  };
  const bandWords = (band) => make("td", data.bands[band][1].replace("cannot be", "not"), "b" + band);
  const scrolled = (title, table) => {
    const box = make("div", undefined, "scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", title);
    box.append(table);
    return box;
  };
  const head = (words) => {
    const top = make("thead");
    const row = make("tr");
    for (const [word, className] of words) {
      const cell = make("th", undefined, className);
      cell.scope = "col";
      cell.append(make("span", word));
      row.append(cell);
    }
    top.append(row);
    return top;
  };
  const usedKinds = (rows) => data.kinds.map((_, kind) => kind).filter((kind) => rows.some(({ touch }) => touch.levels[kind] !== NOT));
  const servicesWords = (touch, kinds, limit) => {
    const shown = touch.services.filter(([, how]) => kinds.some((kind) => how[kind] <= limit));
    return shown.map(([area]) => data.areas[area][1]).join(", ");
  };
  const rowsTable = (tier, rows, title, limit) => {
    const target = el(tier);
    target.hidden = !rows.length;
    if (!rows.length) return fill(target);
    // altered software stands in the table of those whom nothing else could reach
    const kinds = usedKinds(rows).filter((kind) => tier === "altered" || counting().includes(kind));
    const two = view.b !== null;
    const table = make("table", undefined, "reached");
    table.append(make("caption", title));
    table.append(head([
      ["Who", "who"], ...(two ? [["Reached by", ""]] : []), ["How surely", ""],
      ...kinds.map((kind) => [capital(data.kinds[kind][1]), "upright"]), ["Services", ""], [tier === "past" ? "Ended" : "Last seen", ""], ["How it is reached", "how"],
    ]));
    const body = make("tbody");
    for (const row of rows) {
      const line = make("tr");
      const who = named("th", row.body.usual);
      who.scope = "row";
      line.append(who);
      if (two) line.append(make("td", { both: "both", a: "only A", b: "only B" }[membership(row.touch)]));
      const told = tier === "altered" ? kinds.filter((kind) => !counting().includes(kind)) : [];
      line.append(bandWords(told.length ? Math.min(...told.map((kind) => row.touch.levels[kind])) : row.band));
      for (const kind of kinds) line.append(bandCell(row.touch.levels[kind]));
      line.append(make("td", servicesWords(row.touch, kinds, limit) || "not known", "services"));
      line.append(make("td", (tier === "past" ? row.touch.ended : row.touch.seen) || "not known"));
      line.append(named("td", sentence(row.body, row.touch.chain)));
      body.append(line);
    }
    table.append(body);
    fill(target, scrolled(title, table));
  };
  const kindsTable = (rows) => {
    const table = el("kinds");
    const body = make("tbody");
    for (const kind of usedKinds(rows).filter((one) => counting().includes(one))) {
      const line = make("tr");
      const name = make("th", capital(data.kinds[kind][1]));
      name.scope = "row";
      line.append(name);
      data.bands.forEach((_, band) => line.append(make("td", count(rows.filter(({ touch }) => touch.levels[kind] === band).length), "number")));
      body.append(line);
    }
    const top = head([["What could happen", ""], ...data.bands.map(([, phrase], band) => [capital(phrase.replace("cannot be", "not")), "number b" + band])]);
    fill(table, make("caption", "What could happen, and how surely"), top, body);
  };
  const apartTable = (found) => {
    const roots = [view.a, view.b];
    const target = el("apart-two");
    target.hidden = view.b === null;
    if (view.b === null) return fill(target);
    const counts = roots.map((root) => new Set([...answer(view.question, root)].filter(([body, touch]) =>
      !bodies[body].standing && !roots.includes(bodies[body].root) && level(touch) <= view.band && holds(body)).map(([body]) => body)));
    const both = [...counts[0]].filter((body) => counts[1].has(body)).length;
    const table = make("table");
    const body = make("tbody");
    const line = (name, number) => {
      const row = make("tr");
      const cell = named("th", name);
      cell.scope = "row";
      row.append(cell, make("td", count(number), "number"));
      body.append(row);
    };
    line("A: " + data.roots[view.a][1], counts[0].size);
    line("B: " + data.roots[view.b][1], counts[1].size);
    line("Both A and B", both);
    line("Only A", counts[0].size - both);
    line("Only B", counts[1].size - both);
    line("Either, together", counts[0].size + counts[1].size - both);
    table.append(make("caption", "A and B side by side"), head([["Reached by", ""], ["Public bodies", "number"]]), body);
    fill(target, table, make("p", el("together-note").textContent, "note"));
  };
  // the other way round: what could reach the body that was asked about
  const towards = () => {
    const target = el("towards");
    const own = view.b === null ? bodyOf.get(view.a) : undefined;
    target.hidden = own === undefined;
    if (own === undefined) return fill(target);
    const body = bodies[own];
    const rows = [];
    data.roots.forEach((_, root) => {
      const touch = answer(view.question, root).get(own);
      if (touch && !touch.itself && level(touch) <= view.band) rows.push({ root, touch, band: level(touch) });
    });
    const isLine = ({ root }) => (data.roots[root][0].includes("/") ? 1 : 0);
    rows.sort((x, y) => x.band - y.band || isLine(x) - isLine(y) || x.root - y.root);
    const sure = rows.filter(({ band }) => band <= firstBand()).length;
    const more = rows.length - sure;
    const title = plural(sure || more, "thing") + " on this map could " + (sure || !more ? "" : "possibly ") + "reach " + body.usual +
      (sure ? " first" : "") + (sure && more ? "; " + count(more) + " more possibly" : "") + (rows.length > LISTED ? ": the surest " + LISTED : "");
    const heading = make("h3");
    heading.append(make("bdi", title));
    const note = make("p", "The other way round: each of these alone, " + (view.question ? "if it left the market or went insolvent." : "if it were compromised."), "note");
    if (!rows.length) return fill(target, heading, note);
    const table = make("table", undefined, "reached");
    const lines = make("tbody");
    for (const { root, touch, band } of rows.slice(0, LISTED)) {
      const line = make("tr");
      const name = make("th");
      name.scope = "row";
      const link = named("a", data.roots[root][1]);
      link.href = "#" + parameter("a", data.roots[root][0]) + (view.question ? "&" + parameter("if", data.questions[view.question].id) : "");
      name.append(link);
      line.append(name, make("td", data.roots[root][2]), bandWords(band), named("td", sentence(body, touch.chain)));
      lines.append(line);
    }
    table.append(head([["What", "who"], ["It is", ""], ["How surely", ""], ["How it reaches", "how"]]), lines);
    fill(target, heading, note, scrolled(title, table));
  };
  const seenWords = (rows) => {
    const seen = rows.map(({ touch }) => touch.seen).filter(Boolean).sort();
    const years = seen.filter((said) => /^[0-9]/.test(said)); // what holds by law says so in place of a year
    if (!years.length) return seen[0] || "date not known";
    return "last seen " + years[0] + (years[0] === years[years.length - 1] ? "" : " to " + years[years.length - 1]);
  };
  // by which way, tier by tier: surer groups before larger ones
  const waysList = (found) => {
    const parts = [];
    for (const [tier, word, why] of data.tiers.filter(([one]) => ["first", "possible"].includes(one) && found[one].length)) {
      const ways = new Map();
      for (const row of found[tier]) ways.set(row.touch.route, [...(ways.get(row.touch.route) || []), row]);
      const sorted = [...ways].sort(([, x], [, y]) => x[0].band - y[0].band || y.length - x.length);
      const list = make("ul");
      list.append(...sorted.map(([way, those]) => {
        const item = make("li");
        const said = data.bands.map(([, phrase], band) => [band, phrase, those.filter((row) => row.band === band)]).filter(([, , rows]) => rows.length)
          .map(([band, phrase, rows]) => some(rows.map(({ body }) => body.usual), NAMED) + " (" + (band < 2 ? phrase + ", " : "") + seenWords(rows) + ")");
        item.append(make("strong", capital(way) + ", " + count(those.length)), ": " + said.join("; "));
        return item;
      }));
      parts.push(make("h4", word + ", " + count(found[tier].length) + ": " + why), list);
    }
    el("ways-title").hidden = !parts.length;
    fill(el("ways"), ...parts);
  };
  const tierCards = (found) => {
    const shown = data.tiers.filter(([tier]) => found[tier].length);
    fill(el("tiers"), ...shown.map(([tier, word, why]) => {
      const card = make("li");
      card.dataset.tier = tier;
      const names = found[tier].map(({ body }) => body.usual);
      card.append(make("strong", count(names.length), "figure"), " ", make("span", word, "noun"), " ", make("span", [why, some(names, HEADLINE)].filter(Boolean).join(": "), "note"));
      return card;
    }));
  };
  const tileMap = (found) => {
    const shown = new Map();
    for (const row of [...found.itself, ...found.first, ...found.possible]) shown.set(row.body.number, row);
    let drawn = 0;
    for (const tile of document.querySelectorAll("#map g[data-body]")) {
      const row = shown.get(Number(tile.dataset.body));
      const body = bodies[tile.dataset.body];
      const mine = !view.only || view.only.has(body.number);
      drawn += row ? 1 : 0;
      const said = row ? (row.touch.itself && row.band === 0 ? "asked about" : data.bands[row.band][1]) : "";
      tile.setAttribute("class", row ? "t" + row.band : mine ? "" : "elsewhere");
      tile.querySelector(".mark").textContent = !row ? "" : view.b !== null ? { both: "AB", a: "A", b: "B" }[membership(row.touch)] : "\u25A0\u25B2\u25CF\u25C7"[row.band];
      tile.querySelector("title").textContent = body.usual + (said ? ": " + said : "");
    }
    el("map-title").textContent = "Where: " + plural(drawn, "council") + " on the map";
    const missing = found.first.length + found.possible.length + found.itself.length - drawn;
    el("map-text").textContent = "One tile of equal size for each council, counties in a block of their own. " +
      (view.b === null ? "\u25A0 documented, \u25B2 likely, \u25CF possible. " : "A, B or AB: by which of the two it is reached; the darker the surer. ") +
      (missing > 0 ? plural(missing, "body", "bodies") + " reached " + (missing === 1 ? "has" : "have") + " no tile. " : "") + "The table says the same in words.";
  };
  const shownWords = () => {
    const parts = [];
    if (view.kind !== null) parts.push("only where " + data.kinds[view.kind][1]);
    if (view.who !== "all") parts.push("only what is reached by " + { both: "both", a: "A alone", b: "B alone" }[view.who]);
    return parts.length ? capital(parts.join("; ")) + "." : "";
  };
  const list = (rows) => join(rows.map(({ body }) => body.usual));

  const show = () => {
    const empty = view.a === null;
    el("answer").hidden = empty;
    el("worst").hidden = !empty;
    el("who-field").hidden = view.b === null;
    document.title = el("atlas-data").dataset.title;
    if (empty) return;
    const found = select();
    const knows = coverage(found);
    const said = finding(found, knows) + " (" + data.dates + (view.band < 2 ? ", " + data.bands[view.band][1] : "") + ").";
    fill(el("finding"), make("bdi", said));
    document.title = el("atlas-data").dataset.label + " " + said;
    el("shown").textContent = shownWords();
    fill(el("incidents"), ...asked().flatMap((root) => data.incidents[root] || []).map((note) => make("p", note)));
    fill(el("people"), ...affected(found).map((note) => make("p", note, "note")));
    const known = [
      knows ? knows.area + " known at " + count(knows.knows) + " of " + plural(knows.councils, "council") : "",
      data.track_record ? "in replays of incidents it named " + data.track_record + " hit" : "",
    ].filter(Boolean);
    el("knows").textContent = known.length ? "How well this map knows: " + known.join("; ") + "." : "";
    tierCards(found);
    kindsTable(found.counted.filter(({ counts }) => counts));
    apartTable(found);
    waysList(found);
    tileMap(found);
    for (const [tier, word, why] of data.tiers) {
      if (tier !== "precaution") rowsTable(tier, found[tier], word + ", " + count(found[tier].length) + (why ? ": " + why : ""), tier === "unrecorded" || tier === "past" ? 3 : 2);
    }
    rowsTable("less", found.less, "Less sure, " + count(found.less.length) + ": left out of the numbers above", 2);
    towards();
    const gone = found.apart.filter(({ body }) => body.standing === 1);
    const groups = found.apart.filter(({ body }) => body.standing === 2);
    el("apart").textContent = !found.apart.length ? "" : "Not counted: " + [
      gone.length ? plural(gone.length, "body that no longer exists", "bodies that no longer exist") + " (" + list(gone) + ")" : "",
      groups.length ? plural(groups.length, "group of bodies", "groups of bodies") + " (" + list(groups) + ")" : "",
    ].filter(Boolean).join(" and ") + ".";
  };

  // -- controls ---------------------------------------------------------------------------------

  const combo = (input, box, choose) => {
    let options = [];
    let at = -1;
    const close = () => {
      box.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (to) => {
      at = to;
      [...box.children].forEach((child, place) => child.setAttribute("aria-selected", String(place === at)));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", box.children[at].id);
      box.children[at].scrollIntoView({ block: "nearest" });
    };
    const take = (root) => {
      input.value = root === null ? "" : data.roots[root][1];
      close();
      choose(root);
    };
    const open = () => {
      options = search(input.value, MOST);
      fill(box, ...options.map((root, place) => {
        const option = named("li", data.roots[root][1]);
        option.id = box.id + "-" + place;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(make("span", data.roots[root][2], "what"));
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(root));
        return option;
      }));
      box.hidden = !options.length;
      at = -1;
      input.setAttribute("aria-expanded", String(options.length > 0));
      const typed = input.value.trim();
      el(input.id + "-said").textContent = !typed ? "" : options.length ? plural(options.length, "name") + (options.length === MOST ? " or more" : "") + " found: choose with the arrow keys" : "No name in this map is like that. Unknown is not safe: it may be missing.";
    };
    input.addEventListener("input", open);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input) close(); }, 100));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (box.hidden) open();
        if (options.length) mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + options.length) % options.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (!input.value.trim()) return take(null);
        if (box.hidden) open();
        if (options.length) take(options[at < 0 ? 0 : at]);
      } else if (event.key === "Escape") close();
    });
    input.addEventListener("change", () => { if (!input.value.trim()) take(null); });
  };
  const changed = () => {
    write();
    show();
  };
  const mirror = () => {
    for (const side of ["a", "b"]) el(side).value = view[side] === null ? "" : data.roots[view[side]][1];
    for (const radio of document.querySelectorAll("input[name=if]")) radio.checked = Number(radio.value) === view.question;
    el("sure").value = String(view.band);
    el("kind").value = view.kind === null ? "" : String(view.kind);
    el("who").value = view.who;
    if (view.only && !el("mine").value.trim()) {
      el("mine").value = [...view.only].map((body) => bodies[body].usual).join("\n");
      el("mine-box").open = true;
    }
    if (view.only) el("mine-said").textContent = "Only " + plural(view.only.size, "council") + " of your list.";
  };
  const members = () => {
    const lines = el("mine").value.split(/[\n;\t]+/).map((line) => line.trim()).filter(Boolean);
    const found = new Set();
    const unknown = [];
    for (const line of lines) {
      const hits = search(line, 40).filter((root) => bodyOf.has(root));
      const exact = hits.filter((root) => keys[root].includes(normalise(line)));
      const alive = exact.filter((root) => bodies[bodyOf.get(root)].standing === 0);
      const clear = exact.length === 1 ? exact : alive.length === 1 ? alive : [];
      if (clear.length) found.add(bodyOf.get(clear[0]));
      else unknown.push(line);
    }
    view.only = found.size ? new Set([...found].sort((x, y) => x - y)) : null;
    el("mine-said").textContent = (found.size ? "Only " + plural(found.size, "council") + " of your list." : lines.length ? "None of these names is known; all are shown." : "All are shown.") +
      (unknown.length ? " Not clear, and left out: " + unknown.join(", ") + ". Write the name in full." : "");
    changed();
  };

  combo(el("a"), el("a-list"), (root) => {
    view.a = root;
    if (root === null || view.b === root) view.b = null;
    if (view.b === null) view.who = "all";
    changed();
    mirror();
  });
  combo(el("b"), el("b-list"), (root) => {
    view.b = root === view.a || view.a === null ? null : root;
    view.who = "all";
    changed();
    mirror();
  });
  for (const radio of document.querySelectorAll("input[name=if]")) {
    radio.addEventListener("change", () => {
      view.question = Number(radio.value);
      changed();
    });
  }
  el("sure").addEventListener("change", () => { view.band = Number(el("sure").value); changed(); });
  el("kind").addEventListener("change", () => { view.kind = el("kind").value === "" ? null : Number(el("kind").value); changed(); });
  el("who").addEventListener("change", () => { view.who = el("who").value; changed(); });
  el("mine-apply").addEventListener("click", members);
  el("mine-clear").addEventListener("click", () => {
    el("mine").value = "";
    members();
  });
  el("print").addEventListener("click", () => window.print());
  for (const link of document.querySelectorAll("#worst [data-root]")) {
    const made = make("a");
    made.href = "#" + parameter("a", link.dataset.root);
    made.append(...link.childNodes);
    link.append(made);
  }
  const arrive = () => {
    read();
    mirror();
    show();
  };
  addEventListener("popstate", arrive);
  addEventListener("hashchange", arrive);
  el("ask").hidden = false;
  el("no-scripts").hidden = true;
  arrive();
})();
